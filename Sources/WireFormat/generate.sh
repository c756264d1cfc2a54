#!/bin/sh
# Makes Generated/holdfast.pb.swift from holdfast.proto. Run it after every
# change to the contract and commit both.
#
# Needs protoc (Debian: protobuf-compiler; 3.21.12 was used) and
# protoc-gen-swift of the swift-protobuf release that Package.swift pins
# (1.39.0): in a checkout of it,
#
#     swift build -c release --product protoc-gen-swift
#
# and give the path of what that built, if it is not on PATH:
#
#     Sources/WireFormat/generate.sh .build/release/protoc-gen-swift
set -eu
plugin=${1:-$(command -v protoc-gen-swift)}
cd "$(dirname "$0")"
mkdir -p Generated
protoc --plugin=protoc-gen-swift="$plugin" \
    --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true \
    --swift_out=Generated holdfast.proto
