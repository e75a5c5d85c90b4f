terraform {
  # 1.11: state locks by a lock file beside the state, without a DynamoDB table.
  required_version = ">= 1.11, < 2.0"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Exact, as no provider lock file is committed: it would carry a registry's addresses.
      version = "5.100.0"
    }
  }

  # The rest comes from environments/<environment>/backend.hcl and from bootstrap's output.
  backend "s3" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project     = "fed-by-tweets"
      environment = var.environment
      made_by     = "terraform"
    }
  }
}

data "aws_caller_identity" "here" {}
