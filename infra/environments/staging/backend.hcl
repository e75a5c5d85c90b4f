# The bucket comes from bootstrap: -backend-config="bucket=$(terraform -chdir=bootstrap output -raw state_bucket)"
key          = "fed-by-tweets/staging/terraform.tfstate"
region       = "sa-east-1"
encrypt      = true
use_lockfile = true
