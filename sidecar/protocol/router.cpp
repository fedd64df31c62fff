#include "sidecar/protocol/router.hpp"

#include <algorithm>
#include <array>
#include <tuple>
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
  // `encoded` is as the path has it.
  const std::uint32_t* find(std::string_view encoded) const {
    std::array<char, kMaxModel + 1> buffer;
    const auto model = percent_decode(encoded, buffer);
    if (!model) return nullptr;
    const auto found = by_model.find(*model);
    return found == by_model.end() ? nullptr : &found->second;
  }
};

struct FixedPaths {
  config::Protocol protocol;
  std::span<const PathRule> rules;
};

// In the order in which protocols are asked. All but Generic, whose paths are declared.
const std::array<FixedPaths, 5>& fixed_paths() {
  static const std::array<FixedPaths, 5> all = {{
      {config::Protocol::OpenInferenceV2, open_inference_v2_paths()},
      {config::Protocol::KServeV1, kserve_v1_paths()},
      {config::Protocol::OpenAI, openai_paths()},
      {config::Protocol::MLflow, mlflow_paths()},
      {config::Protocol::TorchServe, torchserve_paths()},
  }};
  return all;
}

struct HostRoutes {
  std::array<NamedRoutes, 5> named;  // by protocol; Generic is the last of them and has none
  GenericPaths generic;

  const NamedRoutes& of(config::Protocol protocol) const { return named[static_cast<std::size_t>(protocol)]; }
  void add(std::uint32_t index, const config::Route& route) {
    if (route.protocol != config::Protocol::Generic) {
      return named[static_cast<std::size_t>(route.protocol)].add(index, route.model);
    }
    for (const config::GenericPath& path : route.paths) generic.add(index, path);
  }
};
static_assert(static_cast<std::size_t>(config::Protocol::Generic) == std::tuple_size_v<decltype(HostRoutes::named)>);

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

  // What `here` (a host's own routes, or any host's) has for the path in one protocol.
  bool take_fixed(const FixedPaths& fixed, std::string_view path, const HostRoutes& here, const HostRoutes& any_host) {
    const NamedRoutes& routes = here.of(fixed.protocol);
    if (routes.all.empty()) return false;
    const auto reading = read_path(fixed.rules, path);
    if (!reading) return false;
    if (!reading->model.empty()) {
      const std::uint32_t* const route = routes.find(reading->model);
      if (route == nullptr) return false;
      match.candidates = Candidates(std::span(route, 1));
    } else if (fixed.protocol == config::Protocol::MLflow) {
      match.candidates = Candidates(std::span(routes.all).first(1));
    } else {
      const bool own = &here != &any_host;
      match.candidates = own ? Candidates(routes.all, any_host.of(fixed.protocol).all) : Candidates(routes.all);
    }
    take_rule(*reading, path);
    return true;
  }

  void take_rule(const PathReading& reading, std::string_view path) {
    const PathRule& rule = *reading.rule;
    match.operation = rule.operation;
    match.version = reading.version;
    match.version_size = reading.version_part.size();
    if (match.version_size > 0) match.version_at = static_cast<std::size_t>(reading.version_part.data() - path.data());
    match.model_in_body = rule.model_in_body;
    match.list_models = rule.operation == Operation::ListModels;
    methods = rule.methods;
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
  // One byte more than any declared path has, so that a longer path cannot be taken for an exact one.
  std::array<char, kMaxDeclaredPath + 1> buffer;
  const auto decoded = percent_decode(path, buffer);
  for (const HostRoutes* here : {tables_->at(host), static_cast<const HostRoutes*>(&tables_->any_host)}) {
    if (here == nullptr) continue;
    for (const FixedPaths& fixed : fixed_paths()) {
      if (found.take_fixed(fixed, path, *here, tables_->any_host)) return true;
    }
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
    const auto& routes = here->of(config::Protocol::OpenAI).by_model;
    if (const auto found = routes.find(model); found != routes.end()) return found->second;
  }
  return Error(Reason::ModelNotFound, "no OpenAI route serves the model that the body names",
               "the model that the body names does not exist");
}

}  // namespace mlgateway::protocol
