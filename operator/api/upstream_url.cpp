#include "operator/api/upstream_url.hpp"

#include <charconv>

#include <arpa/inet.h>

namespace mlgateway::api {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0 || text.front() == '0') return std::nullopt;
  return port;
}

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

std::optional<config::Endpoint> parse_upstream_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  const auto colon = url.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == url.size()) return std::nullopt;
  const auto port = parse_port(url.substr(colon + 1));
  std::string host(url.substr(0, colon));
  if (!port || host.find_first_of("/@?#") != std::string::npos) return std::nullopt;
  if (!host.starts_with('[')) {
    if (host.find(':') != std::string::npos) return std::nullopt;
    return config::Endpoint{std::move(host), *port};
  }
  if (!host.ends_with(']')) return std::nullopt;
  host = host.substr(1, host.size() - 2);
  if (!is_ipv6(host)) return std::nullopt;
  return config::Endpoint{std::move(host), *port};
}

}  // namespace mlgateway::api
