#!/bin/sh
# Makes the keys, certificates and archives that the tests read. They protect
# nothing. Every run makes others; the tests hold for any.
set -eu
cd "$(dirname "$0")"
days=36500

ca() { # name, subject, then how it is signed
	name=$1 subject=$2
	shift 2
	openssl req -new -newkey rsa:2048 -nodes -keyout "$name.key" -subj "/CN=$subject" -out "$name.csr"
	printf 'basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >"$name.ext"
	openssl x509 -req -in "$name.csr" -days $days -extfile "$name.ext" -out "$name.crt" "$@"
}

ca root "made up root" -signkey root.key
ca between "made up intermediate" -CA root.crt -CAkey root.key -CAcreateserial

openssl genrsa -traditional -out rsa.key 2048 # PKCS#1
openssl req -new -key rsa.key -subj "/CN=leaf.example" -out rsa.csr
printf '%s\n' 'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid' \
	'subjectAltName=DNS:a.example,email:someone@a.example,IP:192.0.2.7,URI:spiffe://a.example/x,DNS:b.example,IP:2001:db8::1' >rsa.ext
openssl x509 -req -in rsa.csr -days $days -extfile rsa.ext -CA between.crt -CAkey between.key -CAcreateserial -out rsa.crt

openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out other.key # PKCS#8
openssl ecparam -name prime256v1 -genkey -noout -out ec.key # SEC 1
openssl genpkey -algorithm ed25519 -out ed25519.key
for key in rsa ec ed25519; do
	openssl pkcs8 -topk8 -nocrypt -in $key.key -out $key.p8
	openssl pkey -in $key.key -pubout -out $key.pub
done
openssl req -x509 -key ec.key -days $days -subj "/CN=self.example" -out self.crt
openssl req -new -key other.key -subj "/CN=child.example" -out other.csr
echo 'authorityKeyIdentifier=keyid' >other.ext
openssl x509 -req -in other.csr -days $days -extfile other.ext -CA self.crt -CAkey ec.key -CAcreateserial -out child.crt

# In an order that is not the chain's.
cat root.crt between.crt >authorities.crt
p12() { openssl pkcs12 -export -inkey rsa.key -in rsa.crt -certfile authorities.crt "$@"; }
p12 -passout pass:made-up -out modern.p12
p12 -passout pass: -out nopassword.p12
p12 -passout pass:made-up -legacy -out rc2.p12
p12 -passout pass:made-up -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -out 3des.p12

for hash in sha1 sha256 sha512; do
	printf 'a made-up text' | openssl pkeyutl -encrypt -pubin -inkey rsa.pub -out oaep.$hash \
		-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:$hash -pkeyopt rsa_mgf1_md:$hash
done

rm -f -- *.csr *.ext *.srl root.key between.key
