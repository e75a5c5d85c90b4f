# What a deploy may do to things that run or watch: network, cluster, logs, identities, alarms, budget.
resource "aws_iam_policy" "deploy_runs" {
  #checkov:skip=CKV_AWS_290:EC2's create calls know no names before the thing exists; fenced by region here.
  #checkov:skip=CKV_AWS_355:The same calls, and describe calls that AWS scopes to nothing.
  for_each    = local.environments
  name        = "${each.value.name}-deploy-runs"
  description = "Terraform on network, cluster, roles, alarms and budget of ${each.key}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Network"
        Effect = "Allow"
        Action = [
          "ec2:AssociateRouteTable", "ec2:AttachInternetGateway", "ec2:AuthorizeSecurityGroupEgress",
          "ec2:CreateInternetGateway", "ec2:CreateRoute", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup",
          "ec2:CreateSubnet", "ec2:CreateTags", "ec2:CreateVpc", "ec2:CreateVpcEndpoint",
          "ec2:DeleteInternetGateway", "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup",
          "ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:Describe*",
          "ec2:DetachInternetGateway", "ec2:DisassociateRouteTable", "ec2:ModifySecurityGroupRules",
          "ec2:ModifyVpcAttribute", "ec2:ModifyVpcEndpoint", "ec2:RevokeSecurityGroupEgress",
          "ec2:RevokeSecurityGroupIngress",
        ]
        Resource  = "*"
        Condition = { StringEquals = { "aws:RequestedRegion" = var.region } }
      },
      {
        Sid      = "Lists"
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms", "logs:DescribeLogGroups", "sns:GetSubscriptionAttributes", "sns:Unsubscribe"]
        Resource = "*"
      },
      {
        Sid    = "Cluster"
        Effect = "Allow"
        Action = [
          "ecs:CreateCluster", "ecs:DeleteCluster", "ecs:DescribeClusters", "ecs:ListTagsForResource",
          "ecs:TagResource", "ecs:UntagResource", "ecs:UpdateCluster",
        ]
        Resource = each.value.cluster_arn
      },
      {
        # The very first cluster of an account brings ECS's own role with it.
        Sid       = "EcssOwnRole"
        Effect    = "Allow"
        Action    = "iam:CreateServiceLinkedRole"
        Resource  = "arn:aws:iam::${local.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
        Condition = { StringEquals = { "iam:AWSServiceName" = "ecs.amazonaws.com" } }
      },
      {
        Sid    = "Logs"
        Effect = "Allow"
        Action = [
          "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:ListTagsForResource", "logs:PutRetentionPolicy",
          "logs:TagResource", "logs:UntagResource",
        ]
        Resource = [each.value.log_group_arn, "${each.value.log_group_arn}:*"]
      },
      {
        # An identity can only be made, or given rights, inside the boundary below.
        Sid    = "IdentitiesInsideTheBoundary"
        Effect = "Allow"
        Action = [
          "iam:CreateRole", "iam:CreateUser", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
          "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy",
        ]
        Resource  = concat(each.value.role_arns, [each.value.pool_user_arn])
        Condition = { ArnEquals = { "iam:PermissionsBoundary" = each.value.boundary_arn } }
      },
      {
        # No CreateAccessKey: the pool's key is made by a person.
        Sid    = "Identities"
        Effect = "Allow"
        Action = [
          "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DeleteUser", "iam:DeleteUserPolicy", "iam:GetRole",
          "iam:GetRolePolicy", "iam:GetUser", "iam:GetUserPolicy", "iam:ListAttachedRolePolicies",
          "iam:ListAttachedUserPolicies", "iam:ListGroupsForUser", "iam:ListInstanceProfilesForRole",
          "iam:ListRolePolicies", "iam:ListUserPolicies", "iam:TagRole", "iam:TagUser", "iam:UntagRole",
          "iam:UntagUser", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
        ]
        Resource = concat(each.value.role_arns, [each.value.pool_user_arn])
      },
      {
        Sid    = "Alarms"
        Effect = "Allow"
        Action = [
          "cloudwatch:DeleteAlarms", "cloudwatch:ListTagsForResource", "cloudwatch:PutMetricAlarm",
          "cloudwatch:TagResource", "cloudwatch:UntagResource", "events:DeleteRule", "events:DescribeRule",
          "events:ListTagsForResource", "events:ListTargetsByRule", "events:PutRule", "events:PutTargets",
          "events:RemoveTargets", "events:TagResource", "events:UntagResource", "sns:CreateTopic",
          "sns:DeleteTopic", "sns:GetTopicAttributes", "sns:ListTagsForResource", "sns:SetTopicAttributes",
          "sns:Subscribe", "sns:TagResource", "sns:UntagResource", "budgets:ListTagsForResource",
          "budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource", "budgets:ViewBudget",
        ]
        Resource = [
          "arn:aws:cloudwatch:${local.here}:alarm:${each.value.name}-*",
          "arn:aws:events:${local.here}:rule/${each.value.name}-*",
          "arn:aws:sns:${local.here}:${each.value.name}-alerts",
          "arn:aws:budgets::${local.account}:budget/${each.value.name}",
        ]
      },
    ]
  })
}
