#include "operator/cluster/reconciler.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "operator/api/json_fields.hpp"
#include "operator/cluster/news.hpp"
#include "operator/kube/json_text.hpp"
#include "operator/render/service.hpp"
#include "operator/workload/config_secret.hpp"
#include "sidecar/config/digest.hpp"
#include "sidecar/config/render.hpp"

namespace mlgateway::cluster {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

// The field manager of every status.
constexpr const char* kStatusManager = "mlgateway-status";

// The cache has not yet seen what was written last, often by ourselves. Its news begin the next round; this is for the
// case that they do not come.
constexpr milliseconds kBehindOurselves{500};

// Nobody tells when an object that is not ours goes away.
constexpr std::chrono::seconds kNotOurs{30};

std::vector<api::MLRoute> specs_of(const route::World& world) {
  std::vector<api::MLRoute> specs;
  for (const route::ObservedRoute& route : world.routes) {
    if (route.good) specs.push_back(*route.good);
  }
  return specs;
}

controller::Outcome outcome_of(const std::vector<kube::Fault>& faults, const std::optional<WallTime>& again,
                               WallTime now) {
  const auto other = std::find_if(faults.begin(), faults.end(),
                                  [](const kube::Fault& fault) { return fault.kind != kube::FaultKind::Conflict; });
  if (other != faults.end()) {
    return controller::Failed{other->message, other->retry_after.value_or(std::chrono::seconds(0))};
  }
  if (!faults.empty()) return controller::RetryAfter{kBehindOurselves};
  if (!again) return Done{};
  // A millisecond more, so that the moment has passed when we look.
  return controller::RetryAfter{std::max(std::chrono::ceil<milliseconds>(*again - now), milliseconds(0)) +
                                milliseconds(1)};
}

}  // namespace

struct Reconciler::Planned {
  Objects objects;
  route::World world;
  route::Plan plan;
  std::vector<api::MLRoute> specs;
  std::vector<workload::Workload> workloads;
  std::map<api::ObjectKey, Selection> selections;
  std::map<api::ObjectKey, Closing> closings;
  Reports reports;
};

Reconciler::Reconciler(const Caches& caches, const ReportBook& reports, const ConfigWriter& configs,
                       const ServiceWriter& services, const PolicyWriter& policies, const Writer& writer,
                       std::string admin_key, std::function<void(kube::Event)> tell)
    : caches_(caches),
      reports_(reports),
      configs_(configs),
      services_(services),
      policies_(policies),
      writer_(writer),
      admin_key_(std::move(admin_key)),
      tell_(std::move(tell)) {}

controller::Outcome Reconciler::reconcile(const std::string& namespace_name, WallTime now,
                                          const std::stop_token& stop) const {
  Planned planned = plan(namespace_name, now);
  Written written = configs_.write(namespace_name, planned.workloads, stop);
  const auto unexposed = expose(planned, stop, written.faults);
  if (!unexposed.empty()) planned.plan.again = std::min(planned.plan.again.value_or(WallTime::max()), now + kNotOurs);
  complete_statuses(planned, {planned.workloads, planned.reports, written.withheld, planned.selections, unexposed},
                    now);
  report(planned, stop, written.faults);
  return outcome_of(written.faults, planned.plan.again, now);
}

Reconciler::Planned Reconciler::plan(const std::string& namespace_name, WallTime now) const {
  Planned planned;
  planned.objects = caches_.objects(namespace_name);
  planned.world = world_of(planned.objects);
  planned.reports = reports_.all(namespace_name);
  config::GatewayConfig all = route::plan(planned.world, now).config;
  for (config::Route& route : all.routes) render::add_service_hosts(route);
  planned.specs = specs_of(planned.world);
  const std::vector<workload::Pod> pods = pods_of(planned.objects);
  planned.workloads = workload::workloads_of(pods, planned.specs, all);
  look_around(planned, pods);
  for (workload::Workload& workload : planned.workloads) {
    const std::string token = workload::admin_token(admin_key_, {namespace_name, workload.secret});
    workload.config.admin_token_digest = config::sha256(token);
    workload.config.hash = config::config_hash(workload.config);
  }
  // The same plan, now that it is known what of it runs.
  planned.world.sidecar = merged(all, planned.workloads, planned.reports);
  planned.plan = route::plan(planned.world, now);
  return planned;
}

std::map<api::ObjectKey, std::string> Reconciler::expose(const Planned& planned, const std::stop_token& stop,
                                                         std::vector<kube::Fault>& faults) const {
  std::map<api::ObjectKey, std::string> unexposed;
  for (std::size_t i = 0; i < planned.objects.routes.size(); ++i) {
    if (planned.plan.statuses[i].weights.empty()) continue;
    const api::ObjectKey& key = planned.plan.statuses[i].key;
    const Json& route = *planned.objects.routes[i];
    std::string why = services_.write(route, planned.workloads, stop, faults);
    if (why.empty()) why = policies_.write(route, planned.closings.at(key), stop, faults);
    if (!why.empty()) unexposed[key] = std::move(why);
  }
  for (const workload::Workload& workload : planned.workloads) {
    services_.label(workload, planned.specs, planned.reports, stop, faults);
  }
  return unexposed;
}

void Reconciler::look_around(Planned& planned, const std::vector<workload::Pod>& pods) {
  const std::vector<workload::PlainPod> plain = plain_pods_of(planned.objects);
  const Terrain terrain{planned.specs, pods, plain, planned.objects.policies};
  for (const api::MLRoute& route : planned.specs) {
    Closing closing = closing_of(route, terrain);
    Selection selection = selection_of(route, pods, plain);
    selection.open = std::move(closing.open);
    planned.selections[route.key] = std::move(selection);
    planned.closings[route.key] = std::move(closing);
  }
}

void Reconciler::complete_statuses(Planned& planned, const Enforcement& enforcement, WallTime now) {
  auto& routes = planned.plan.statuses;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    routes[i] = route_status(std::move(routes[i]), enforcement, planned.world.routes[i].previous, now);
  }
  auto& quotas = planned.plan.quota_statuses;
  for (std::size_t i = 0; i < quotas.size(); ++i) {
    quotas[i] = quota_status(std::move(quotas[i]), planned.world.quotas[i].previous, now);
  }
}

void Reconciler::report(const Planned& planned, const std::stop_token& stop, std::vector<kube::Fault>& faults) const {
  const Objects& objects = planned.objects;
  for (std::size_t i = 0; i < objects.routes.size(); ++i) {
    const api::RouteStatus& status = planned.plan.statuses[i];
    const Tally tally = tally_of(status.key, planned.workloads, planned.reports);
    const api::Conditions& previous = planned.world.routes[i].previous;
    if (is_premature(tally, previous, status.generation)) continue;
    put_status(kube::kMlRoutes, *objects.routes[i], status, previous, stop, faults);
  }
  for (std::size_t i = 0; i < objects.quotas.size(); ++i) {
    const api::QuotaStatus& status = planned.plan.quota_statuses[i];
    const Tally tally = quota_tally_of(status.key, planned.workloads, planned.reports);
    const api::Conditions& previous = planned.world.quotas[i].previous;
    if (is_premature(tally, previous, status.generation)) continue;
    put_status(kube::kMlQuotas, *objects.quotas[i], status, previous, stop, faults);
  }
}

template <class Status>
void Reconciler::put_status(const kube::Resource& resource, const Json& object, const Status& status,
                            const api::Conditions& previous, const std::stop_token& stop,
                            std::vector<kube::Fault>& faults) const {
  Json said = to_json(status);
  if (api::member(object, "status") == said) return;
  const api::ObjectKey key = kube::key_of(object);
  const Json metadata = {
      {"namespace", key.namespace_name}, {"name", key.name}, {"resourceVersion", kube::version_of(object)}};
  const Json wanted = {{"metadata", metadata}, {"status", std::move(said)}};
  const auto applied = writer_.send(kube::apply_status(resource, wanted, kStatusManager), stop);
  // An object that is gone has no status.
  if (!applied && applied.fault().kind != kube::FaultKind::NotFound) faults.push_back(applied.fault());
  if (!applied) return;
  for (kube::Event& event : news_of(object, previous, status.conditions)) tell_(std::move(event));
}

}  // namespace mlgateway::cluster
