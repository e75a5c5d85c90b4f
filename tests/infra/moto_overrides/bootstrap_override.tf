# Copied beside infra/bootstrap/*.tf for a moto server only.

# moto ignores a policy's Condition, so the TLS-only deny would refuse the state itself.
resource "aws_s3_bucket_policy" "state" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Nothing", Effect = "Deny", Principal = "*", Action = "s3:PutBucketWebsite", Resource = local.state_arn }]
  })
}

# The provider waits 55 s for a lifecycle to settle; the lake's is waited for, a second one shows nothing new.
resource "aws_s3_bucket_lifecycle_configuration" "state" {
  count = 0
}
