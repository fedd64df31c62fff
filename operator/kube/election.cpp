#include "operator/kube/election.hpp"

#include <algorithm>
#include <utility>

namespace mlgateway::kube {
namespace {

using std::chrono::milliseconds;

// client-go's JitterFactor: candidates must not all ask at the same moment.
constexpr double kJitter = 1.2;

}  // namespace

bool Election::ours() const { return lease_ && record_from(*lease_).holder == options_.identity; }

bool Election::free(Instant now) const {
  const LeaseRecord record = record_from(*lease_);
  return record.holder.empty() || now >= changed_ + record.duration;
}

std::string Election::holder() const { return lease_ ? record_from(*lease_).holder : std::string(); }

ElectionAction Election::next(Instant now, WallTime wall) const {
  if (now < next_) return WaitForLease{next_};
  if (!known_) return GetLease{};
  if (!lease_) return CreateLease{claimed(wall)};
  if (ours() || free(now)) return UpdateLease{claimed(wall)};
  return GetLease{};
}

nlohmann::json Election::claimed(WallTime wall) const {
  nlohmann::json lease =
      lease_.value_or(nlohmann::json{{"metadata", {{"namespace", options_.namespace_name}, {"name", options_.name}}}});
  LeaseRecord record = lease_ ? record_from(*lease_) : LeaseRecord{};
  record.renew_time = micro_time(wall);
  if (record.holder != options_.identity) {
    record.acquire_time = record.renew_time;
    if (lease_) ++record.transitions;
  }
  record.holder = options_.identity;
  record.duration = options_.duration;
  return with_record(std::move(lease), record);
}

void Election::on_read(nlohmann::json lease, Instant now, double random) {
  const bool same = lease_ && record_from(*lease_) == record_from(lease);
  lease_ = std::move(lease);
  known_ = true;
  if (!same) changed_ = now;
  next_ = now;
  // Ours, by a write whose answer was lost: only the next write tells how long we hold it.
  if (ours()) return;
  leading_until_ = Instant();
  if (!free(now)) next_ = now + std::chrono::duration_cast<milliseconds>(options_.retry * (1 + kJitter * random));
}

void Election::on_written(nlohmann::json lease, Instant asked, Instant now) {
  lease_ = std::move(lease);
  known_ = true;
  changed_ = now;
  leading_until_ = asked + options_.renew_deadline;
  next_ = now + options_.retry;
}

void Election::on_fault(const Fault& fault, Instant now, double random) {
  const auto spread = std::chrono::duration_cast<milliseconds>(options_.retry * (1 + kJitter * random) / 2);
  if (fault.kind == FaultKind::NotFound) {
    lease_.reset();
    known_ = true;
    leading_until_ = Instant();
    next_ = now;
    return;
  }
  // Somebody wrote it meanwhile, or nobody knows whether we did: read it before the next write.
  known_ = false;
  const bool at_once = leading(now) && (fault.kind == FaultKind::Conflict || fault.kind == FaultKind::AlreadyExists);
  next_ = at_once ? now : now + std::max<milliseconds>(spread, fault.retry_after.value_or(std::chrono::seconds(0)));
}

std::optional<nlohmann::json> Election::released(Instant now, WallTime wall) const {
  if (!leading(now) || !ours()) return std::nullopt;
  LeaseRecord record = record_from(*lease_);
  record.holder.clear();
  record.duration = std::chrono::seconds(1);
  record.renew_time = micro_time(wall);
  record.acquire_time = record.renew_time;
  return with_record(*lease_, record);
}

}  // namespace mlgateway::kube
