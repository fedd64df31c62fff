#include "operator/kube/lease.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include <nlohmann/json.hpp>

#include "operator/kube/json_text.hpp"

namespace mlgateway::kube {
namespace {

using nlohmann::json;

std::int64_t number_at(const json& spec, const char* member) {
  const auto found = spec.find(member);
  return found != spec.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

}  // namespace

LeaseRecord record_from(const json& lease) {
  const auto spec = lease.find("spec");
  if (spec == lease.end() || !spec->is_object()) return {};
  LeaseRecord record;
  record.holder = text_at(*spec, "holderIdentity");
  // The bounds only keep a strange number from overflowing a sum of times.
  record.duration =
      std::chrono::seconds(std::clamp<std::int64_t>(number_at(*spec, "leaseDurationSeconds"), 0, 1 << 20));
  record.acquire_time = text_at(*spec, "acquireTime");
  record.renew_time = text_at(*spec, "renewTime");
  record.transitions = number_at(*spec, "leaseTransitions");
  return record;
}

json with_record(json lease, const LeaseRecord& record) {
  json& spec = lease["spec"];
  spec["holderIdentity"] = record.holder;
  spec["leaseDurationSeconds"] = record.duration.count();
  spec["acquireTime"] = record.acquire_time;
  spec["renewTime"] = record.renew_time;
  spec["leaseTransitions"] = record.transitions;
  return lease;
}

std::string micro_time(WallTime time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time - second).count();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(second);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char day[32];
  std::strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
  char text[48];
  std::snprintf(text, sizeof text, "%s.%06dZ", day, static_cast<int>(micros));
  return text;
}

}  // namespace mlgateway::kube
