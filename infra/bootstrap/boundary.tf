# The most that any identity a deploy makes can ever do, whatever policy a changed configuration gives it:
# without this, whoever may change infra/ could write himself an administrator's role.
resource "aws_iam_policy" "boundary" {
  #checkov:skip=CKV_AWS_290:A boundary grants nothing; it is the outer limit of policies that name their resources.
  #checkov:skip=CKV_AWS_355:The calls on "*" know no resources (service authorization reference).
  #checkov:skip=CKV_AWS_288:As above: reading the lake and two secrets is the limit, not a grant.
  for_each    = local.environments
  name        = "${each.value.name}-boundary"
  description = "The outer limit of the task role, the execution role and the pool's user of ${each.key}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Lake"
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:Get*", "s3:List*", "s3:PutObject"]
        Resource = [each.value.lake_arn, "${each.value.lake_arn}/*"]
      },
      {
        Sid      = "Tables"
        Effect   = "Allow"
        Action   = ["glue:CreateTable", "glue:DeleteTable", "glue:Get*", "glue:UpdateTable"]
        Resource = each.value.glue_arns
      },
      {
        Sid      = "Image"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = each.value.repository_arn
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${each.value.log_group_arn}:*"
      },
      {
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = each.value.secrets_arn
      },
      {
        Sid    = "Unscopable"
        Effect = "Allow"
        Action = [
          "cloudwatch:PutMetricData", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
          "ecr:GetAuthorizationToken", "ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition",
          "ecs:ListTaskDefinitions", "ecs:RegisterTaskDefinition", "ecs:TagResource",
        ]
        Resource = "*"
      },
      {
        Sid    = "Runs"
        Effect = "Allow"
        Action = ["ecs:DescribeClusters", "ecs:DescribeTasks", "ecs:RunTask", "ecs:StopTask"]
        Resource = [
          each.value.cluster_arn,
          "arn:aws:ecs:${local.here}:task/${each.value.name}/*",
          "arn:aws:ecs:${local.here}:task-definition/${each.value.name}*:*",
        ]
      },
      {
        Sid       = "HandOverTheRoles"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = each.value.role_arns
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
  })
}
