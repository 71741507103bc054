# Built by `make image`, which puts the binary and the files below into the folder that
# this is built from. The image is esfn, what it is made of (SPDX) and the licences of that,
# and nothing else: no shell, no libraries, no files of a distribution. The labels
# that are not here (version, revision, created) come from the binary.
#
# The other image, by `make image-argocd`, is for a sidecar of Argo CD: esfn and
# kustomize, as the user that Argo CD's own containers run as. What it runs, Argo CD
# brings along.
FROM scratch AS argocd
COPY passwd group /etc/
COPY esfn kustomize /usr/local/bin/
COPY doc /usr/share/doc/
LABEL org.opencontainers.image.title="esfn-argocd" \
      org.opencontainers.image.description="esfn and kustomize, for a config management plugin of Argo CD" \
      org.opencontainers.image.source="https://github.com/esfn/esfn" \
      org.opencontainers.image.licenses="Apache-2.0 AND BSD-3-Clause AND ISC AND MIT AND MPL-2.0"
ENV PATH=/usr/local/bin HOME=/tmp
USER 999

FROM scratch AS esfn

# kustomize and kpt run a function as the user "nobody", by that name.
COPY passwd group /etc/
COPY esfn /usr/local/bin/esfn
COPY doc/esfn /usr/share/doc/esfn/

LABEL org.opencontainers.image.title="esfn" \
      org.opencontainers.image.description="ExternalSecrets as a function: renders ExternalSecrets into Secrets, with values from HashiCorp Vault" \
      org.opencontainers.image.source="https://github.com/esfn/esfn" \
      org.opencontainers.image.licenses="Apache-2.0 AND BSD-3-Clause AND ISC AND MIT AND MPL-2.0"

# The certificate authorities that it trusts by default are in the binary.
ENV PATH=/usr/local/bin
USER nobody
ENTRYPOINT ["/usr/local/bin/esfn"]
