// The elements of a comma-separated field value (RFC 9110 5.6.1), without white space around them.
#pragma once

#include <string_view>

#include "sidecar/http/character.hpp"

namespace mlgateway::http {

// Empty elements are skipped, as recipients must. Does not know quoted strings.
class List {
 public:
  explicit List(std::string_view value) : rest_(value) {}

  // False when there is none left.
  bool next(std::string_view& element) {
    while (!rest_.empty()) {
      const std::size_t comma = rest_.find(',');
      element = trim(rest_.substr(0, comma));
      rest_.remove_prefix(comma == std::string_view::npos ? rest_.size() : comma + 1);
      if (!element.empty()) return true;
    }
    return false;
  }

 private:
  std::string_view rest_;
};

}  // namespace mlgateway::http
