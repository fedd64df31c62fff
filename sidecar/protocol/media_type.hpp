// The type a body is said to be of, without its parameters.
#pragma once

#include <string_view>

#include "sidecar/http/message.hpp"

namespace mlgateway::protocol {

// Compared without case (RFC 9110 8.3.1). A view into the head.
class MediaType {
 public:
  explicit MediaType(std::string_view name) : name_(name) {}

  bool is(std::string_view name) const;
  bool is_json() const;  // application/json, or any with the suffix +json (RFC 6839)

 private:
  std::string_view name_;  // empty: nothing was said
};

MediaType media_type_of(const http::Fields& fields);

}  // namespace mlgateway::protocol
