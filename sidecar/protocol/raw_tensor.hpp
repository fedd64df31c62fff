// Tensors as bytes behind the JSON part of a V2 request (the binary tensor data extension).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::protocol {

// The size of one element; 0 for BYTES, whose elements tell their own, and nothing for a datatype that V2 does not
// have.
std::optional<std::size_t> size_of_datatype(std::string_view datatype);

// Whether `bytes` are exactly so many BYTES elements: each a length of four bytes, little-endian, and as many bytes.
bool holds_texts(std::string_view bytes, std::uint64_t elements);

// The size of the JSON part by Inference-Header-Content-Length, `body_size` when there is no such field. BodyInvalid
// for anything but one number that fits the body.
Result<std::size_t> json_size_of(const http::Fields& fields, std::size_t body_size);

}  // namespace mlgateway::protocol
