# Containers only: the values are put in out of band (README.md) and are never in state, plan or log.
resource "aws_secretsmanager_secret" "bearer_token" {
  #checkov:skip=CKV_AWS_149:Encrypted with the account's Secrets Manager key; an own key is $1 a month for one reader.
  #checkov:skip=CKV2_AWS_57:X gives no way to rotate a bearer token by machine; README.md has the two steps by hand.
  name                    = local.secret_names.bearer_token
  description             = "X API bearer token, as plain text"
  recovery_window_in_days = var.disposable ? 0 : 7
}

resource "aws_secretsmanager_secret" "prefect_api_key" {
  #checkov:skip=CKV_AWS_149:Encrypted with the account's Secrets Manager key; an own key is $1 a month for one reader.
  #checkov:skip=CKV2_AWS_57:The key is rotated in Prefect, by hand; README.md has the steps.
  name                    = local.secret_names.prefect_api_key
  description             = "Prefect API key of the runs, as plain text"
  recovery_window_in_days = var.disposable ? 0 : 7
}
