"""A peer in another language: decodes a message and encodes it again.

    peer.py                    says "present" if this machine can run it
    peer.py MESSAGE < hex      prints the bytes of a holdfast.v1 message, rewritten

Needs protoc and the `protobuf` package. Fails on a field it does not know.
"""

import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

CONTRACT = pathlib.Path(__file__).resolve().parents[2] / "Sources/WireFormat/holdfast.proto"


def contract():
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(
            ["protoc", f"--proto_path={CONTRACT.parent}", f"--descriptor_set_out={file.name}",
             str(CONTRACT)],
            check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(file.read())


def has_unknown_fields(message):
    from google.protobuf import unknown_fields
    if len(unknown_fields.UnknownFieldSet(message)) > 0:
        return True
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        is_one = hasattr(value, "ListFields")
        if any(has_unknown_fields(one) for one in ([value] if is_one else value)):
            return True
    return False


def main():
    files = contract()
    if len(sys.argv) == 1:
        print("present")
        return
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    kind = message_factory.GetMessageClass(
        pool.FindMessageTypeByName(f"holdfast.v1.{sys.argv[1]}"))
    message = kind.FromString(bytes.fromhex(sys.stdin.read()))
    if has_unknown_fields(message):
        sys.exit("a field is unknown")
    print(message.SerializeToString(deterministic=True).hex())


main()
