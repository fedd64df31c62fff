#include "sidecar/protocol/upstream_target.hpp"

namespace mlgateway::protocol {
namespace {

// Where the n-th element begins, its slash included; the end of the path when there are fewer. The model may be called
// "versions" and the words may be encoded, so nothing is searched by name.
std::size_t element_start(std::string_view path, int n) {
  std::size_t position = 0;
  for (; n > 0 && position != std::string_view::npos; --n) position = path.find('/', position + 1);
  return position == std::string_view::npos ? path.size() : position;
}

}  // namespace

void append_upstream_target(std::string& out, const Match& match, std::string_view path, std::string_view query,
                            bool has_query) {
  if (match.version.empty()) {
    out += path;
  } else {  // /v2/models/MODEL/versions/VERSION...
    out += path.substr(0, element_start(path, 3));
    out += path.substr(element_start(path, 5));
  }
  if (!has_query) return;
  out += '?';
  out += query;
}

}  // namespace mlgateway::protocol
