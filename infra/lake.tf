# The lake: one bucket. Layers are prefixes, as on a laptop they are folders.
resource "aws_s3_bucket" "lake" {
  #checkov:skip=CKV_AWS_18:Access logs would cost more than the lake; CloudTrail data events can be turned on when asked for.
  #checkov:skip=CKV_AWS_144:No second region: raw can be asked of X again for 7 days, and versions undo a mistake.
  #checkov:skip=CKV_AWS_145:SSE-S3 encrypts at rest; an own KMS key adds a price to every request and shields from nobody who holds the role.
  #checkov:skip=CKV2_AWS_62:Nothing listens to objects: the flows find new raw by looking into the lake.
  bucket        = local.lake_bucket
  force_destroy = var.disposable
}

# Versioned: a deletion by mistake can be undone for `undelete_days`. No longer than that, since a deletion
# by duty (compliance, a person's erasure) is only complete when the old versions are gone too.
resource "aws_s3_bucket_versioning" "lake" {
  bucket = aws_s3_bucket.lake.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "lake" {
  bucket = aws_s3_bucket.lake.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "lake" {
  bucket                  = aws_s3_bucket.lake.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "lake" {
  bucket = aws_s3_bucket.lake.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "lake" {
  bucket = aws_s3_bucket.lake.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.lake_arn, "${local.lake_arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.lake]
}

resource "aws_s3_bucket_lifecycle_configuration" "lake" {
  bucket = aws_s3_bucket.lake.id

  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = var.undelete_days
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "old-raw-grows-cold"
    status = "Enabled"

    filter {
      prefix = local.raw_prefix
    }

    transition {
      days          = var.cold_after_days
      storage_class = "GLACIER_IR"
    }
  }

  rule {
    id     = "query-results"
    status = "Enabled"

    filter {
      prefix = local.results_prefix
    }

    expiration {
      days = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.lake]
}
