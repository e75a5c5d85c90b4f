# Two roles: what the pipeline may do (task), and what ECS may do to start it (execution).
locals {
  trust_ecs_tasks = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # Only tasks of this account: no other can borrow the role through ECS.
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ecs:${local.here}:*" }
      }
    }]
  })
}

resource "aws_iam_role" "task" {
  name                 = "${local.name}-task"
  description          = "The pipeline: the lake's bucket, the environment's tables, its own metrics"
  assume_role_policy   = local.trust_ecs_tasks
  permissions_boundary = local.boundary_arn
}

resource "aws_iam_role_policy" "task" {
  name = "lake"
  role = aws_iam_role.task.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LakeBucket"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
        Resource = local.lake_arn
      },
      {
        Sid      = "LakeObjects"
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
        Resource = "${local.lake_arn}/*"
      },
      {
        # No CreateDatabase (Terraform's business) and no DeleteTable: the pipeline never drops a table.
        Sid    = "Tables"
        Effect = "Allow"
        Action = ["glue:CreateTable", "glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:UpdateTable"]
        Resource = concat(
          ["arn:aws:glue:${local.here}:catalog"],
          [for database in keys(local.databases) : "arn:aws:glue:${local.here}:database/${database}"],
          [for database in keys(local.databases) : "arn:aws:glue:${local.here}:table/${database}/*"],
        )
      },
      {
        # PutMetricData knows no resources; the namespace is the only fence there is.
        Sid       = "Metrics"
        Effect    = "Allow"
        Action    = "cloudwatch:PutMetricData"
        Resource  = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = local.metric_namespace } }
      },
    ]
  })
}

resource "aws_iam_role" "execution" {
  name                 = "${local.name}-execution"
  description          = "ECS starting a run: its image, its log stream, its two secrets"
  assume_role_policy   = local.trust_ecs_tasks
  permissions_boundary = local.boundary_arn
}

resource "aws_iam_role_policy" "execution" {
  name = "start"
  role = aws_iam_role.execution.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # AWS allows no resource here; the token opens only what the next statement names.
        Sid      = "RegistryLogin"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid      = "Image"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = local.repository_arn
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${local.log_group_arn}:log-stream:*"
      },
      {
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = local.secret_arns
      },
    ]
  })
}
