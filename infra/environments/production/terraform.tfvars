environment = "production"
region      = "sa-east-1"
scheduled   = true
