#include <algorithm>
#include <cstdlib>

#include "operator/kube/credentials.hpp"

namespace mlgateway::kube {
namespace {

std::string without_space(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  return text;
}

// An IPv6 address needs its brackets in a URL.
std::string host_in_url(const std::string& host) {
  const bool bare = host.find(':') != std::string::npos && !host.starts_with('[');
  return bare ? "[" + host + "]" : host;
}

bool is_port(const std::string& text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) && std::stoi(text) > 0 &&
         std::stoi(text) < 65536;
}

}  // namespace

Environment process_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* const value = std::getenv(name);
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

Result<Credentials> in_cluster(const Environment& environment, const std::filesystem::path& folder) {
  const auto host = environment("KUBERNETES_SERVICE_HOST");
  const auto port = environment("KUBERNETES_SERVICE_PORT");
  if (!host || host->empty() || !port) {
    return Error(Reason::Internal, "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; is this a pod?");
  }
  if (!is_port(*port)) return Error(Reason::Internal, "KUBERNETES_SERVICE_PORT must be a port, is '" + *port + "'");
  Credentials credentials;
  credentials.peer.url = "https://" + host_in_url(*host) + ":" + *port;
  credentials.peer.authorities.file = folder / "ca.crt";
  credentials.token.file = folder / "token";
  // Both are read again when they are used; without them now the pod has no service account at all.
  for (const Material* material : {&credentials.peer.authorities, &credentials.token}) {
    const auto text = read(*material);
    if (!text) return text.error();
    if (text->empty()) return Error(Reason::Internal, material->file.string() + " is empty");
  }
  const auto name = read(Material{"", folder / "namespace"});
  credentials.namespace_name = name ? without_space(*name) : "";
  if (credentials.namespace_name.empty()) credentials.namespace_name = "default";
  return credentials;
}

}  // namespace mlgateway::kube
