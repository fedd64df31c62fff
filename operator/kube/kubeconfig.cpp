#include <exception>
#include <utility>

#include <yaml-cpp/yaml.h>

#include "operator/api/base64.hpp"
#include "operator/kube/credentials.hpp"

namespace mlgateway::kube {
namespace {

// Where a value stands, for people: "FILE: users[alice].token".
struct Entry {
  YAML::Node node;  // of the cluster, user or context; undefined where there is none
  std::filesystem::path file;
  std::string place;

  Error fault(std::string_view field, std::string_view words) const {
    return {Reason::Internal, file.string() + ": " + place + "." + std::string(field) + ": " + std::string(words)};
  }
  std::string text(const char* field) const {
    const YAML::Node value = node[field];
    return value && value.IsScalar() ? value.Scalar() : std::string();
  }
};

struct File {
  std::filesystem::path path;
  YAML::Node root;
};

Result<std::vector<File>> load(const std::vector<std::filesystem::path>& paths) {
  std::vector<File> files;
  std::string missing;
  for (const auto& path : paths) {
    std::error_code failed;
    if (!std::filesystem::exists(path, failed)) {
      missing += (missing.empty() ? "" : ", ") + path.string();
      continue;
    }
    const auto text = read(Material{"", path});
    if (!text) return text.error();
    files.push_back({path, YAML::Load(*text)});
    if (!files.back().root.IsMap()) return Error(Reason::Internal, path.string() + ": is no kubeconfig");
  }
  if (files.empty()) return Error(Reason::Internal, "there is no kubeconfig: looked for " + missing);
  return files;
}

// The first entry of that name in `list` ("clusters"), its value under `member` ("cluster").
Result<Entry> find(const std::vector<File>& files, const char* list, const char* member, const std::string& wanted) {
  for (const File& file : files) {
    for (const YAML::Node& item : file.root[list]) {
      if (!item.IsMap() || !item["name"] || item["name"].as<std::string>() != wanted) continue;
      Entry entry{item[member], file.path, std::string(list) + "[" + wanted + "]." + member};
      if (!entry.node.IsMap()) return Error(Reason::Internal, file.path.string() + ": " + entry.place + " is missing");
      return entry;
    }
  }
  return Error(Reason::Internal, files.front().path.string() + ": " + list + " has no '" + wanted + "'");
}

Result<std::string> current_context(const std::vector<File>& files, const std::string& asked) {
  if (!asked.empty()) return asked;
  for (const File& file : files) {
    const YAML::Node value = file.root["current-context"];
    if (value && value.IsScalar() && !value.Scalar().empty()) return value.Scalar();
  }
  return Error(Reason::Internal, files.front().path.string() + ": current-context is not set");
}

// `field`-data in base64 goes before `field`, a path.
Result<Material> material(const Entry& entry, const std::string& field) {
  const std::string data = entry.text((field + "-data").c_str());
  if (!data.empty()) {
    auto text = api::decode_base64(data);
    if (!text || text->empty()) return entry.fault(field + "-data", "must be base64");
    return Material{std::move(*text), {}};
  }
  const std::string path = entry.text(field.c_str());
  if (path.empty()) return Material{};
  return Material{"", entry.file.parent_path() / path};
}

// What we do not understand and may not read over.
Status refuse(const Entry& entry, std::initializer_list<const char*> fields) {
  for (const char* field : fields) {
    if (entry.node[field]) return entry.fault(field, "is not supported; use a token or a client certificate");
  }
  return Done{};
}

Status take_cluster(const Entry& entry, bool allow_insecure, Peer& peer) {
  auto known = refuse(entry, {"proxy-url", "tls-server-name"});
  if (!known) return known;
  peer.url = entry.text("server");
  if (!peer.url.starts_with("https://") && !peer.url.starts_with("http://")) {
    return entry.fault("server", "must begin with https://, is '" + peer.url + "'");
  }
  while (peer.url.ends_with('/')) peer.url.pop_back();
  auto authorities = material(entry, "certificate-authority");
  if (!authorities) return authorities.error();
  peer.authorities = std::move(*authorities);
  const bool insecure = entry.node["insecure-skip-tls-verify"] && entry.node["insecure-skip-tls-verify"].as<bool>();
  if (insecure && !allow_insecure) {
    return entry.fault("insecure-skip-tls-verify", "would let anybody pose as the API server; say so explicitly");
  }
  peer.verify = !insecure;
  return Done{};
}

Status take_user(const Entry& entry, Credentials& credentials) {
  auto known = refuse(entry, {"exec", "auth-provider", "username", "password", "as", "as-uid", "as-groups"});
  if (!known) return known;
  auto certificate = material(entry, "client-certificate");
  if (!certificate) return certificate.error();
  auto key = material(entry, "client-key");
  if (!key) return key.error();
  if (certificate->empty() != key->empty()) {
    return entry.fault(key->empty() ? "client-key" : "client-certificate", "is missing: the two belong together");
  }
  credentials.peer.certificate = std::move(*certificate);
  credentials.peer.key = std::move(*key);
  credentials.token.text = entry.text("token");
  if (const std::string file = entry.text("tokenFile"); !file.empty()) {
    credentials.token = Material{"", entry.file.parent_path() / file};
  }
  return Done{};
}

Result<Credentials> chosen(const std::vector<File>& files, const KubeconfigOptions& options) {
  const auto name = current_context(files, options.context);
  if (!name) return name.error();
  const auto context = find(files, "contexts", "context", *name);
  if (!context) return context.error();
  const auto cluster = find(files, "clusters", "cluster", context->text("cluster"));
  if (!cluster) return cluster.error();
  const auto user = find(files, "users", "user", context->text("user"));
  if (!user) return user.error();
  Credentials credentials;
  auto taken = take_cluster(*cluster, options.allow_insecure, credentials.peer);
  if (!taken) return taken.error();
  taken = take_user(*user, credentials);
  if (!taken) return taken.error();
  credentials.namespace_name = context->text("namespace");
  if (credentials.namespace_name.empty()) credentials.namespace_name = "default";
  return credentials;
}

}  // namespace

std::vector<std::filesystem::path> kubeconfig_files(const Environment& environment) {
  std::vector<std::filesystem::path> files;
  std::string list = environment("KUBECONFIG").value_or("");
  while (!list.empty()) {
    const auto colon = list.find(':');
    if (colon != 0) files.emplace_back(list.substr(0, colon));
    list = colon == std::string::npos ? "" : list.substr(colon + 1);
  }
  if (files.empty()) files.push_back(std::filesystem::path(environment("HOME").value_or("/")) / ".kube" / "config");
  return files;
}

Result<Credentials> from_kubeconfig(const std::vector<std::filesystem::path>& files, const KubeconfigOptions& options) {
  try {
    const auto loaded = load(files);
    if (!loaded) return loaded.error();
    return chosen(*loaded, options);
  } catch (const std::exception& error) {
    const std::string where = files.empty() ? "kubeconfig" : files.front().string();
    return Error(Reason::Internal, where + ": " + error.what());
  }
}

}  // namespace mlgateway::kube
