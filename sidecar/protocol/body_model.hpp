// Reads which model a JSON body means (OpenAI: the member "model" of the top-level object).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"

namespace mlgateway::protocol {

// What the parser may read (never use) beyond the end of a body.
inline constexpr std::size_t kBodyPadding = 64;
// Objects and arrays in one another; deeper is BodyInvalid.
inline constexpr std::size_t kMaxBodyDepth = 256;

// One per worker; not safe for two threads. Keeps its memory for bodies of ordinary size and gives it back after a
// large one.
class BodyModelReader {
 public:
  BodyModelReader();
  ~BodyModelReader();
  BodyModelReader(BodyModelReader&&) noexcept;
  BodyModelReader& operator=(BodyModelReader&&) noexcept;

  // The whole body is checked to be JSON (RFC 8259, UTF-8, no byte order mark), not only up to the model. The content
  // of `json` is not changed; its capacity grows when there is no room for kBodyPadding: reserve(size + kBodyPadding)
  // before reading the body into it and nothing is copied.
  // The view is valid until the next call. BodyInvalid, with a detail for the caller: text that is no JSON, numbers
  // beyond a double or 64 bits included (RFC 8259 section 6 leaves the range to the reader); not an object;
  // `/model` missing, not a string, empty, or there twice (however it is escaped).
  Result<std::string_view> model_of_body(std::string& json);

 private:
  struct Parser;
  Result<std::string_view> find_model(std::string& json);

  std::unique_ptr<Parser> parser_;
  std::string model_;
};

}  // namespace mlgateway::protocol
