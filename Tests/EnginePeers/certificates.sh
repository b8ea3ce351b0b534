#!/bin/sh
# Makes what a TLS connection to an engine needs, and what must not do: certificates.sh FOLDER
# FOLDER/ca.pem, cert.pem, key.pem are a client's; good, elsewhere and expired are servers; FOLDER/stranger is a client of another authority.
set -eu
umask 077
mkdir -p "$1/stranger"
cd "$1"

# authority FOLDER: an authority of its own
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=authority $1" \
        -keyout "$1/ca-key.pem" -out "$1/ca.pem"
}

# signed FOLDER NAME SUBJECT EXTENSIONS DAYS: FOLDER/NAME.pem by the authority there, and its key FOLDER/KEY
signed() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$3" -keyout "$1/$2-key.pem" -out "$1/$2.csr"
    printf '%s\n' "$4" >"$1/$2.ext"
    openssl x509 -req -in "$1/$2.csr" -CA "$1/ca.pem" -CAkey "$1/ca-key.pem" -CAcreateserial -days "$5" \
        -extfile "$1/$2.ext" -out "$1/$2.pem"
}

for folder in . stranger; do
    authority "$folder"
    signed "$folder" cert client 'extendedKeyUsage=clientAuth' 2
    mv "$folder/cert-key.pem" "$folder/key.pem"
done
signed . good engine 'subjectAltName=IP:127.0.0.1,DNS:localhost' 2
signed . elsewhere engine 'subjectAltName=DNS:elsewhere.example' 2
signed . expired engine 'subjectAltName=IP:127.0.0.1,DNS:localhost' -1
