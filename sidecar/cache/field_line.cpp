#include "sidecar/cache/field_line.hpp"

#include "sidecar/http/message.hpp"

namespace mlgateway::cache {

std::optional<FieldLine> find_line(std::string_view lines, std::string_view name) {
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t stop = lines.find("\r\n", begin);
    if (stop == std::string_view::npos) return std::nullopt;
    const std::string_view line = lines.substr(begin, stop - begin);
    const std::size_t colon = line.find(": ");
    if (colon == name.size() && http::equals_ignoring_case(line.substr(0, colon), name)) {
      return FieldLine{begin, stop + 2, line.substr(colon + 2)};
    }
    begin = stop + 2;
  }
  return std::nullopt;
}

}  // namespace mlgateway::cache
