# Copied beside infra/*.tf for a moto server only; each block bridges one of moto's gaps.

# moto ignores a policy's Condition, so the TLS-only deny would refuse every write.
resource "aws_s3_bucket_policy" "lake" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Nothing", Effect = "Deny", Principal = "*", Action = "s3:PutBucketWebsite", Resource = local.lake_arn }]
  })
}

# moto answers 500 to the listing of a budget's tags, which the provider repeats for minutes.
resource "aws_budgets_budget" "month" {
  count = 0
}

# moto forgets a user's boundary, so every plan would want to set it again.
resource "aws_iam_user" "pool" {
  permissions_boundary = null
}
