"""Writes a language model of random numbers that llama.cpp serves: half a megabyte that talks printable nonsense.

    python tiny_llama.py OUT.gguf

Always the same file: the numbers come from a fixed seed. The model never ends a text by itself, so that an answer has
exactly as many tokens as were asked for, and each of its tokens is one printable character.
"""

import pathlib
import sys

import numpy
from gguf import GGUFWriter, TokenType

LAYERS, WIDTH, HEADS, INNER, CONTEXT = 2, 64, 4, 128, 512

SPECIAL = [("<unk>", TokenType.UNKNOWN), ("<s>", TokenType.CONTROL), ("</s>", TokenType.CONTROL)]
# The tokenizer spells with these what has no token of its own.
BYTES = [(f"<0x{byte:02X}>", TokenType.BYTE) for byte in range(256)]
# It writes a space as U+2581.
PRINTABLE = [("\u2581" if letter == " " else letter, TokenType.NORMAL) for letter in map(chr, range(32, 127))]
VOCABULARY = SPECIAL + BYTES + PRINTABLE

CHAT = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant: "


def write_settings(writer):
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)


def write_vocabulary(writer):
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _ in VOCABULARY])
    writer.add_token_types([kind for _, kind in VOCABULARY])
    writer.add_token_scores([0.0] * len(VOCABULARY))
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT)


def write_weights(writer):
    random = numpy.random.default_rng(7)

    def matrix(name, rows, columns):
        weights = random.normal(0, columns**-0.5, (rows, columns)).astype(numpy.float32)
        writer.add_tensor(name, weights)

    def norm(name):
        writer.add_tensor(name, numpy.ones(WIDTH, dtype=numpy.float32))

    matrix("token_embd.weight", len(VOCABULARY), WIDTH)
    for layer in range(LAYERS):
        norm(f"blk.{layer}.attn_norm.weight")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            matrix(f"blk.{layer}.{part}.weight", WIDTH, WIDTH)
        norm(f"blk.{layer}.ffn_norm.weight")
        matrix(f"blk.{layer}.ffn_gate.weight", INNER, WIDTH)
        matrix(f"blk.{layer}.ffn_up.weight", INNER, WIDTH)
        matrix(f"blk.{layer}.ffn_down.weight", WIDTH, INNER)
    norm("output_norm.weight")
    # What is not printable gets the logit 0, far below the best of 95 that spread by ten.
    output = random.normal(0, 10 * WIDTH**-0.5, (len(VOCABULARY), WIDTH)).astype(numpy.float32)
    output[: -len(PRINTABLE)] = 0
    writer.add_tensor("output.weight", output)


def main(file):
    writer = GGUFWriter(file, "llama")
    write_settings(writer)
    write_vocabulary(writer)
    write_weights(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
