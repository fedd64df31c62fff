// One field among the lines of a kept answer, each "name: value\r\n".
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mlgateway::cache {

struct FieldLine {
  std::size_t begin = 0;  // of the line
  std::size_t end = 0;    // behind its CRLF
  std::string_view value;
};

// The first of that name, whatever its case.
std::optional<FieldLine> find_line(std::string_view lines, std::string_view name);

}  // namespace mlgateway::cache
