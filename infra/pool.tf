# Who starts the tasks: Prefect Cloud's push pool, or one's own worker on a hybrid pool, with this user's key.
# A push pool can only use a static key; it is made out of band (README.md) and is never in state.
resource "aws_iam_user" "pool" {
  #checkov:skip=CKV_AWS_273:Prefect Cloud's push pools take a static key and nothing else; a role cannot be assumed by them.
  name                 = "${local.name}-prefect-pool"
  permissions_boundary = local.boundary_arn
}

resource "aws_iam_user_policy" "pool" {
  #checkov:skip=CKV_AWS_40:One user, one policy: a group of one would only hide it.
  name = "start-runs"
  user = aws_iam_user.pool.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # EC2's describe calls and ECS's task-definition calls know no resources (service authorization reference).
        Sid    = "Unscopable"
        Effect = "Allow"
        Action = [
          "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
          "ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions",
          "ecs:RegisterTaskDefinition",
        ]
        Resource = "*"
      },
      {
        Sid       = "Start"
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = "arn:aws:ecs:${local.here}:task-definition/${local.task_family}*:*"
        Condition = { ArnEquals = { "ecs:cluster" = local.cluster_arn } }
      },
      {
        Sid      = "WatchAndStop"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTasks", "ecs:StopTask"]
        Resource = "arn:aws:ecs:${local.here}:task/${local.name}/*"
      },
      {
        Sid      = "Cluster"
        Effect   = "Allow"
        Action   = "ecs:DescribeClusters"
        Resource = local.cluster_arn
      },
      {
        Sid       = "TagWhatItMakes"
        Effect    = "Allow"
        Action    = "ecs:TagResource"
        Resource  = "*"
        Condition = { StringEquals = { "ecs:CreateAction" = ["RegisterTaskDefinition", "RunTask"] } }
      },
      {
        Sid       = "HandOverTheRoles"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [local.task_role_arn, local.execution_role_arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
  })
}
