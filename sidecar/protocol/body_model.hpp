// Reads which model a JSON body means (OpenAI: the member "model" of the top-level object).
#pragma once

#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/protocol/json_outline.hpp"

namespace mlgateway::protocol {

// One per worker; not safe for two threads. Keeps its memory for bodies of ordinary size and gives it back after a
// large one.
class BodyModelReader {
 public:
  // The whole body is checked to be JSON (RFC 8259, UTF-8, no byte order mark), not only up to the model.
  // The view is valid until the next call. BodyInvalid, with a detail for the caller: text that is no JSON, numbers
  // beyond a double or 64 bits included (RFC 8259 section 6 leaves the range to the reader); not an object;
  // `/model` missing, not a string, empty, or there twice (however it is escaped).
  Result<std::string_view> model_of_body(std::string_view json);

 private:
  Result<std::string_view> find_model(std::string_view json);

  JsonOutline outline_;
  std::string model_;
};

}  // namespace mlgateway::protocol
