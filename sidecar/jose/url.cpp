#include "sidecar/jose/url.hpp"

#include <algorithm>

namespace mlgateway::jose {
namespace {

constexpr std::size_t kMostBytes = 2048;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

bool is_address_character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == '.' || c == ':';
}

bool is_port(std::string_view text) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && !text.empty() && text.size() <= 5 && text.front() != '0' && std::stoi(std::string(text)) <= 65535;
}

// Host and, behind a colon, port.
bool read_authority(std::string_view text, Url& url) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    url.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!std::all_of(url.host.begin(), url.host.end(), is_address_character)) return false;
  } else {
    url.host = text.substr(0, text.find(':'));
    text.remove_prefix(url.host.size());
    if (!std::all_of(url.host.begin(), url.host.end(), is_name_character)) return false;
  }
  if (url.host.empty()) return false;
  if (text.empty()) return true;
  url.port = text.substr(1);
  return text.front() == ':' && is_port(url.port);
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  const bool visible = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!visible || text.size() > kMostBytes || text.find('#') != std::string_view::npos) return std::nullopt;
  Url url;
  url.tls = text.starts_with("https://");
  if (!url.tls && !text.starts_with("http://")) return std::nullopt;
  url.port = url.tls ? "443" : "80";
  text.remove_prefix(text.find("//") + 2);
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  if (!read_authority(text.substr(0, end), url)) return std::nullopt;
  const std::string_view rest = text.substr(end);
  url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  return url;
}

bool is_trustworthy(const Url& url) {
  return url.tls || url.host == "localhost" || url.host == "127.0.0.1" || url.host == "::1";
}

}  // namespace mlgateway::jose
