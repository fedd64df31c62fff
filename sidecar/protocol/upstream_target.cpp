#include "sidecar/protocol/upstream_target.hpp"

namespace mlgateway::protocol {

void append_upstream_target(std::string& out, const Match& match, std::string_view path, std::string_view query,
                            bool has_query) {
  out += path.substr(0, match.version_at);
  out += path.substr(match.version_at + match.version_size);
  if (!has_query) return;
  out += '?';
  out += query;
}

}  // namespace mlgateway::protocol
