#include "sidecar/http/request_line.hpp"

#include <algorithm>

#include "sidecar/http/authority.hpp"
#include "sidecar/http/character.hpp"
#include "sidecar/http/path.hpp"

namespace mlgateway::http {
namespace {

constexpr std::string_view kHttpScheme = "http://";

Fault parse_path_and_query(std::string_view text, RequestHead& out) {
  const std::size_t mark = text.find('?');
  out.has_query = mark != std::string_view::npos;
  out.path = text.substr(0, mark);
  out.query = out.has_query ? text.substr(mark + 1) : std::string_view{};
  if (const Fault fault = check_path(out.path)) return fault;
  return check_query(out.query);
}

Fault parse_absolute_target(std::string_view target, RequestHead& out) {
  const std::string_view rest = target.substr(kHttpScheme.size());
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  out.authority = rest.substr(0, authority_end);
  if (const Fault fault = parse_authority(out.authority, out.host)) return fault;

  const std::string_view local = rest.substr(authority_end);
  if (local.starts_with('/')) return parse_path_and_query(local, out);
  if (local.starts_with('#')) return {"request target has a fragment"};
  // An empty path is the root (RFC 9110 4.2.3), but for OPTIONS it is the server itself (RFC 9112 3.2.4).
  out.path = local.empty() && out.method == "OPTIONS" ? "*" : "/";
  out.has_query = !local.empty();
  if (out.has_query) out.query = local.substr(1);
  return check_query(out.query);
}

Fault parse_target(RequestHead& out) {
  const std::string_view target = out.target;
  if (target.empty()) return {"request target is missing"};
  if (target.front() == '/') return parse_path_and_query(target, out);
  if (target == "*") {
    if (out.method != "OPTIONS") return {"request target * is for OPTIONS only"};
    out.path = target;
    return {};
  }
  if (equals_ignoring_case(target.substr(0, kHttpScheme.size()), kHttpScheme))
    return parse_absolute_target(target, out);
  return {"request target is neither a path nor an http URI"};
}

}  // namespace

Fault parse_version(std::string_view text, int& minor_version) {
  if (text == "HTTP/1.1") {
    minor_version = 1;
    return {};
  }
  if (text == "HTTP/1.0") {
    minor_version = 0;
    return {};
  }
  const bool well_formed =
      text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
  if (!well_formed) return {"HTTP version is malformed"};
  return {"HTTP version is neither 1.0 nor 1.1", Reason::UnsupportedHttpVersion};
}

Fault parse_request_line(std::string_view line, const HeadLimits& limits, RequestHead& out) {
  const std::size_t method_end = line.find(' ');
  if (method_end == std::string_view::npos) return {"request line has no target"};
  out.method = line.substr(0, method_end);
  if (out.method.size() > kMaxMethodBytes) return {"method is too long"};
  if (!is_token(out.method)) return {"method is not a token"};

  const std::string_view rest = line.substr(method_end + 1);
  const std::size_t target_end = rest.find(' ');
  out.target = rest.substr(0, target_end);
  if (out.target.size() > limits.max_target_bytes) return {"request target is too long", Reason::UriTooLong};
  if (target_end == std::string_view::npos) return {"request line has no HTTP version"};
  if (const Fault fault = parse_version(rest.substr(target_end + 1), out.minor_version)) return fault;
  if (out.method == "CONNECT") return {"the gateway opens no tunnels"};
  return parse_target(out);
}

}  // namespace mlgateway::http
