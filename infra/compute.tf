# Where images lie, where they run and where their lines go. The task definition is Prefect's, from the pool's
# template: Terraform would only fight it over revisions.
resource "aws_ecr_repository" "image" {
  #checkov:skip=CKV_AWS_136:AES-256 at rest as ECR gives it; the image holds public code and no secret.
  name                 = local.name
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.disposable

  image_scanning_configuration {
    scan_on_push = true
  }
}

# One repository an environment, so that staging's many images never push out the one production runs.
resource "aws_ecr_lifecycle_policy" "image" {
  repository = aws_ecr_repository.image.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the last 20 pushes (an image for two processors is three of them)"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 60 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_ecs_cluster" "this" {
  #checkov:skip=CKV_AWS_65:Container Insights costs more than the tasks; a run reports its own memory and time.
  name = local.name
}

resource "aws_cloudwatch_log_group" "tasks" {
  #checkov:skip=CKV_AWS_158:Encrypted at rest by CloudWatch; no line holds a secret, and a test searches for one.
  #checkov:skip=CKV_AWS_338:A year of lines helps nobody: runs are kept as rows in the lake (ops.runs).
  name              = local.log_group
  retention_in_days = var.log_retention_days
}
