#!/usr/bin/env bash
# build: the commit's image for both processors, into REPOSITORY, unless it is there already.
# promote: the image STAGED (repository@digest), unchanged, into REPOSITORY.
# Both print `image=<repository>@<digest>` to $GITHUB_OUTPUT. A digest names bytes: what production runs is what
# staging ran.
set -euo pipefail

registry=${REPOSITORY%%/*}
tag=$REPOSITORY:$GITHUB_SHA

digest_of() { docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}'; }

build() {
    local base
    base=$(sed -n 's/^ARG BASE=\(..*\)/\1/p' Dockerfile | head -1)
    docker buildx build --platform linux/amd64,linux/arm64 --provenance=mode=max --sbom=true --push --tag "$tag" \
        --build-arg BASE="$base@$(digest_of "$base")" \
        --build-arg VERSION="$(git describe --tags --always)" \
        --build-arg REVISION="$GITHUB_SHA" .
}

promote() {
    docker buildx imagetools create --tag "$tag" "$STAGED"
    [ "$(digest_of "$tag")" = "${STAGED#*@}" ] || { echo "$tag is not $STAGED: the copy changed the image" >&2; exit 1; }
}

aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"
# Tags are immutable: a second run for the same commit takes what the first one pushed.
docker buildx imagetools inspect "$tag" >/dev/null 2>&1 || "$1"
echo "image=$REPOSITORY@$(digest_of "$tag")" >> "$GITHUB_OUTPUT"
