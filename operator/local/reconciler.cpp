#include "operator/local/reconciler.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "sidecar/base/log.hpp"
#include "sidecar/config/render.hpp"

namespace mlgateway::local {
namespace {

template <class Object>
api::Observed<Object> observed_object(const Record& record, std::optional<Object> GoodObject::* typed,
                                      const api::Conditions& previous) {
  api::Observed<Object> observed;
  observed.key = record.id.key;
  observed.generation = record.generation;
  observed.faults = record.faults;
  observed.notes = record.notes;
  if (record.good) observed.good = (*record.good).*typed;
  observed.good_generation = record.good_generation;
  observed.created = record.created;
  observed.previous = previous;
  return observed;
}

std::string first_fault(const Record& record) { return record.faults.empty() ? "" : record.faults.front(); }

// Verdicts that no complaint about a document has told already.
bool is_news(const api::Condition& condition) {
  if (condition.status != "False" || condition.type == "Programmed") return false;
  return condition.reason != "Invalid";
}

}  // namespace

Result<std::unique_ptr<Reconciler>> Reconciler::open(const std::filesystem::path& manifests,
                                                     const std::filesystem::path& out, const Admission& admission,
                                                     const config::Digest& admin_token_digest) {
  std::unique_ptr<Reconciler> reconciler(new Reconciler(manifests, out, admission, admin_token_digest));
  auto records = reconciler->record_folder_.open(admission);
  if (!records) return records.error();
  reconciler->records_ = std::move(*records);
  auto statuses = reconciler->status_folder_.open();
  if (!statuses) return statuses.error();
  auto gateway = reconciler->publisher_.open();
  if (!gateway) return gateway.error();
  return reconciler;
}

Reconciler::Reconciler(const std::filesystem::path& manifests, const std::filesystem::path& out,
                       const Admission& admission, const config::Digest& admin_token_digest)
    : folder_(manifests, admission),
      record_folder_(out / "history"),
      status_folder_(out / "status"),
      publisher_(out / "gateway"),
      admin_token_digest_(admin_token_digest) {}

Result<Round> Reconciler::reconcile(const std::set<std::string>& being_written,
                                    const std::optional<api::SidecarReport>& sidecar, WallTime now) {
  auto world = observe(being_written, now);
  if (!world) return world.error();
  world->sidecar = sidecar;
  const route::Plan plan = route::plan(*world, now);
  const auto published = apply(plan, now);
  if (!published) return published.error();
  auto reported = report(plan, now);
  if (!reported) return reported.error();
  complain(plan);
  return Round{*published, plan.config.hash, complaints_.empty(), plan.again};
}

Result<route::World> Reconciler::observe(const std::set<std::string>& being_written, WallTime now) {
  const auto readings = folder_.read(being_written);
  if (!readings) return readings.error();
  complaints_.clear();
  records_ = remember(records_, *readings, now, complaints_);
  route::World world;
  world.admin_token_digest = admin_token_digest_;
  for (const auto& [id, record] : records_) {
    const api::Conditions& previous = status_folder_.previous(id);
    if (id.kind == "MLRoute") world.routes.push_back(observed_object(record, &GoodObject::route, previous));
    if (id.kind == "MLQuota") world.quotas.push_back(observed_object(record, &GoodObject::quota, previous));
    if (!record.good) continue;
    if (id.kind == "Secret") world.secrets.push_back({*record.good->secret, first_fault(record)});
    if (id.kind == "ConfigMap") world.config_maps.push_back({*record.good->config_map, first_fault(record)});
  }
  return world;
}

Result<bool> Reconciler::apply(const route::Plan& plan, WallTime now) {
  auto published = publisher_.publish(config::render(plan.config), now);
  if (published && *published) {
    log::info(
        "configuration published",
        {{"routes", plan.config.routes.size()}, {"quotas", plan.config.quotas.size()}, {"hash", plan.config.hash}});
  }
  return published;
}

Status Reconciler::report(const route::Plan& plan, WallTime now) {
  for (const api::RouteStatus& status : plan.statuses) status_folder_.put(status);
  for (const api::QuotaStatus& status : plan.quota_statuses) status_folder_.put(status);
  for (const auto& [id, record] : records_) {
    if (!is_ours(id.kind) && !record.faults.empty()) status_folder_.put_broken(record, now);
  }
  auto saved = status_folder_.save();
  if (!saved) return saved;
  return record_folder_.save(records_);
}

void Reconciler::complain(const route::Plan& plan) {
  const auto complain_of = [&](const char* kind, const auto& status) {
    for (const api::Condition& condition : status.conditions) {
      if (!is_news(condition)) continue;
      complaints_.push_back({to_string(ObjectId{kind, status.key}), condition.reason + ": " + condition.message});
    }
  };
  for (const api::RouteStatus& status : plan.statuses) complain_of("MLRoute", status);
  for (const api::QuotaStatus& status : plan.quota_statuses) complain_of("MLQuota", status);
  for (const Complaint& complaint : complaints_) {
    if (std::find(told_.begin(), told_.end(), complaint) != told_.end()) continue;
    log::error("manifest is not in force as written", {{"object", complaint.object}, {"error", complaint.words}});
  }
  told_ = complaints_;
}

}  // namespace mlgateway::local
