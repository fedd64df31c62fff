#include "sidecar/protocol/raw_tensor.hpp"

#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace mlgateway::protocol {
namespace {

constexpr std::string_view kHeader = "inference-header-content-length";

constexpr std::array<std::pair<std::string_view, std::size_t>, 14> kDatatypes = {{
    {"BOOL", 1},
    {"UINT8", 1},
    {"UINT16", 2},
    {"UINT32", 4},
    {"UINT64", 8},
    {"INT8", 1},
    {"INT16", 2},
    {"INT32", 4},
    {"INT64", 8},
    {"FP16", 2},
    {"FP32", 4},
    {"FP64", 8},
    {"BF16", 2},
    {"BYTES", 0},
}};

std::uint32_t little_endian(std::string_view four) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(four[static_cast<std::size_t>(i)]);
  return value;
}

}  // namespace

std::optional<std::size_t> size_of_datatype(std::string_view datatype) {
  for (const auto& [name, size] : kDatatypes) {
    if (name == datatype) return size;
  }
  return std::nullopt;
}

bool holds_texts(std::string_view bytes, std::uint64_t elements) {
  for (; elements > 0; --elements) {
    if (bytes.size() < 4) return false;
    const std::uint32_t length = little_endian(bytes);
    bytes.remove_prefix(4);
    if (bytes.size() < length) return false;
    bytes.remove_prefix(length);
  }
  return bytes.empty();
}

Result<std::size_t> json_size_of(const http::Fields& fields, std::size_t body_size) {
  std::optional<std::string_view> stated;
  for (const http::Field& field : fields) {
    if (!http::equals_ignoring_case(field.name, kHeader)) continue;
    if (stated) {
      return Error(Reason::BodyInvalid, "two Inference-Header-Content-Length",
                   "there is more than one Inference-Header-Content-Length");
    }
    stated = field.value;
  }
  if (!stated) return body_size;
  std::size_t size = 0;
  const char* const end = stated->data() + stated->size();
  const auto [stop, failed] = std::from_chars(stated->data(), end, size);
  if (failed == std::errc() && stop == end && size <= body_size) return size;
  const std::string words =
      "Inference-Header-Content-Length must be a number of at most the body's " + std::to_string(body_size) + " bytes";
  return Error(Reason::BodyInvalid, words, words);
}

}  // namespace mlgateway::protocol
