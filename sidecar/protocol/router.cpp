#include "sidecar/protocol/router.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sidecar/protocol/generic.hpp"
#include "sidecar/protocol/path_rules.hpp"
#include "sidecar/protocol/percent.hpp"

namespace mlgateway::protocol {
namespace {

constexpr std::size_t kMaxHost = 253;   // of a DNS name
constexpr std::size_t kMaxModel = 253;  // config's check() allows no more

// The routes of one protocol at one host. The first to claim a model has it: the operator reports such conflicts.
struct NamedRoutes {
  std::vector<std::uint32_t> all;
  std::unordered_map<std::string_view, std::uint32_t> by_model;

  void add(std::uint32_t index, std::string_view model) {
    if (by_model.emplace(model, index).second) all.push_back(index);
  }
};

struct HostRoutes {
  NamedRoutes open_inference_v2;
  NamedRoutes openai;
  GenericPaths generic;

  const NamedRoutes& of(config::Protocol protocol) const {
    return protocol == config::Protocol::OpenAI ? openai : open_inference_v2;
  }
  void add(std::uint32_t index, const config::Route& route) {
    switch (route.protocol) {
      case config::Protocol::OpenInferenceV2: return open_inference_v2.add(index, route.model);
      case config::Protocol::OpenAI: return openai.add(index, route.model);
      case config::Protocol::Generic:
        for (const config::GenericPath& path : route.paths) generic.add(index, path);
    }
  }
};

// A path that one of the fixed tables knows, with the model decoded.
struct NamedPath {
  config::Protocol protocol = config::Protocol::OpenInferenceV2;
  PathReading reading;
  std::array<char, kMaxModel + 1> buffer;
  std::string_view model;
};

bool read_named(std::string_view path, NamedPath& named) {
  auto reading = read_path(open_inference_v2_paths(), path);
  if (!reading) {
    reading = read_path(openai_paths(), path);
    named.protocol = config::Protocol::OpenAI;
  }
  if (!reading) return false;
  const auto model = percent_decode(reading->model, named.buffer);
  if (!model) return false;
  named.reading = *reading;
  named.model = *model;
  return true;
}

}  // namespace

struct Router::Tables {
  std::unordered_map<std::string_view, HostRoutes> hosts;
  HostRoutes any_host;

  // Null when no route names this host.
  const HostRoutes* at(std::string_view host) const {
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.empty() || host.size() > kMaxHost) return nullptr;
    std::array<char, kMaxHost> lower;
    std::transform(host.begin(), host.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    const auto found = hosts.find(std::string_view(lower.data(), host.size()));
    return found == hosts.end() ? nullptr : &found->second;
  }
};

struct Router::Found {
  Match match;
  std::string_view methods;

  // What `here` (a host's own routes, or any host's) has for a path of a fixed table.
  bool take_named(const NamedPath& path, const HostRoutes& here, const HostRoutes& any_host) {
    const NamedRoutes& routes = here.of(path.protocol);
    if (path.model.empty()) {
      if (routes.all.empty()) return false;
      const bool own = &here != &any_host;
      match.candidates = own ? Candidates(routes.all, any_host.of(path.protocol).all) : Candidates(routes.all);
    } else {
      const auto found = routes.by_model.find(path.model);
      if (found == routes.by_model.end()) return false;
      match.candidates = Candidates(std::span(&found->second, 1));
    }
    const PathRule& rule = *path.reading.rule;
    match.operation = rule.operation;
    match.version = path.reading.version;
    match.model_in_body = rule.model_in_body;
    match.list_models = rule.operation == Operation::ListModels;
    methods = rule.methods;
    return true;
  }

  bool take_declared(std::string_view path, const HostRoutes& here) {
    if (here.generic.empty()) return false;
    const GenericPaths::Declared* declared = here.generic.find(path);
    if (declared == nullptr) return false;
    match.candidates = Candidates(std::span(&declared->route, 1));
    match.operation = Operation::Infer;
    methods = declared->methods;
    return true;
  }
};

Router::Router(const config::GatewayConfig& config) {
  auto tables = std::make_unique<Tables>();
  for (std::uint32_t i = 0; i < config.routes.size(); ++i) {
    const config::Route& route = config.routes[i];
    if (route.hostnames.empty()) tables->any_host.add(i, route);
    for (const std::string& host : route.hostnames) tables->hosts[host].add(i, route);
  }
  tables_ = std::move(tables);
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

bool Router::find(std::string_view host, std::string_view path, Found& found) const {
  NamedPath named;
  const bool is_named = read_named(path, named);
  // One byte more than any declared path has, so that a longer path cannot be taken for an exact one.
  std::array<char, kMaxDeclaredPath + 1> buffer;
  const auto decoded = percent_decode(path, buffer);
  for (const HostRoutes* here : {tables_->at(host), static_cast<const HostRoutes*>(&tables_->any_host)}) {
    if (here == nullptr) continue;
    if (is_named && found.take_named(named, *here, tables_->any_host)) return true;
    if (decoded && found.take_declared(*decoded, *here)) return true;
  }
  return false;
}

Result<Match> Router::match(std::string_view host, std::string_view method, std::string_view path) const {
  Found found;
  if (!find(host, path, found)) return Error(Reason::RouteNotFound, "no route for this host, path and model");
  if (!lists_method(found.methods, method)) {
    return Error(Reason::MethodNotAllowed, "the path exists for other methods: " + std::string(found.methods));
  }
  return found.match;
}

std::string_view Router::allowed_methods(std::string_view host, std::string_view path) const {
  Found found;
  return find(host, path, found) ? found.methods : std::string_view();
}

Result<std::uint32_t> Router::route_of_model(std::string_view host, std::string_view model) const {
  for (const HostRoutes* here : {tables_->at(host), static_cast<const HostRoutes*>(&tables_->any_host)}) {
    if (here == nullptr) continue;
    const auto found = here->openai.by_model.find(model);
    if (found != here->openai.by_model.end()) return found->second;
  }
  return Error(Reason::ModelNotFound, "no OpenAI route serves the model that the body names",
               "the model that the body names does not exist");
}

}  // namespace mlgateway::protocol
