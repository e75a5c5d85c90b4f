# What a deploy may do to things that keep something: state, bucket, images, tables, secrets. It configures
# them and cannot read them: no object of the lake, no value of a secret.
resource "aws_iam_policy" "deploy_stores" {
  for_each    = local.environments
  name        = "${each.value.name}-deploy-stores"
  description = "Terraform on state, lake bucket, images, catalog and secrets of ${each.key}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "StateFolder"
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = local.state_arn
        Condition = { StringLike = { "s3:prefix" = "fed-by-tweets/${each.key}/*" } }
      },
      {
        Sid      = "State"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        Resource = "${local.state_arn}/fed-by-tweets/${each.key}/*"
      },
      {
        Sid    = "LakeBucket"
        Effect = "Allow"
        Action = [
          "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:GetAccelerateConfiguration",
          "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
          "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:PutBucketOwnershipControls",
          "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging",
          "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
        ]
        Resource = each.value.lake_arn
      },
      {
        Sid      = "RegistryLogin"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid    = "Images"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:CreateRepository",
          "ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository", "ecr:DescribeImages", "ecr:DescribeRepositories",
          "ecr:GetDownloadUrlForLayer", "ecr:GetLifecyclePolicy", "ecr:InitiateLayerUpload",
          "ecr:ListTagsForResource", "ecr:PutImage", "ecr:PutImageScanningConfiguration",
          "ecr:PutImageTagMutability", "ecr:PutLifecyclePolicy", "ecr:TagResource", "ecr:UntagResource",
          "ecr:UploadLayerPart",
        ]
        Resource = each.value.repository_arn
      },
      {
        # Production takes over the very image staging has run: it may read it there.
        Sid      = "StagingsImages"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = local.environments.staging.repository_arn
      },
      {
        Sid    = "Databases"
        Effect = "Allow"
        Action = [
          "glue:CreateDatabase", "glue:DeleteDatabase", "glue:GetDatabase", "glue:GetTags",
          "glue:TagResource", "glue:UntagResource", "glue:UpdateDatabase",
        ]
        Resource = each.value.glue_arns
      },
      {
        Sid    = "Workgroup"
        Effect = "Allow"
        Action = [
          "athena:CreateWorkGroup", "athena:DeleteWorkGroup", "athena:GetWorkGroup", "athena:ListTagsForResource",
          "athena:TagResource", "athena:UntagResource", "athena:UpdateWorkGroup",
        ]
        Resource = "arn:aws:athena:${local.here}:workgroup/${each.value.name}"
      },
      {
        # No GetSecretValue, no PutSecretValue: a workflow never sees a token.
        Sid    = "SecretContainers"
        Effect = "Allow"
        Action = [
          "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
          "secretsmanager:GetResourcePolicy", "secretsmanager:RestoreSecret", "secretsmanager:TagResource",
          "secretsmanager:UntagResource",
        ]
        Resource = each.value.secrets_arn
      },
    ]
  })
}
