# The tables' catalog and the way to ask them: Glue databases and an Athena workgroup.
resource "aws_glue_catalog_database" "layer" {
  for_each     = local.databases
  name         = each.key
  location_uri = each.value
}

resource "aws_athena_workgroup" "lake" {
  name          = local.name
  force_destroy = var.disposable

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.scan_limit_gib * 1024 * 1024 * 1024

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location = "s3://${aws_s3_bucket.lake.id}/${local.results_prefix}"

      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }
}
