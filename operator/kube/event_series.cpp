#include "operator/kube/event_series.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "operator/kube/json_text.hpp"
#include "operator/kube/lease.hpp"

namespace mlgateway::kube {
namespace {

using nlohmann::json;

constexpr std::size_t kMostNote = 1024;
constexpr std::string_view kManager = "mlgateway-operator";

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

// Cut between characters, or the server refuses the whole event.
std::string cut(std::string text) {
  if (text.size() <= kMostNote) return text;
  std::size_t end = kMostNote - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// What makes two events one series. The note may differ: it often holds a number.
std::string series_key(const Event& event) {
  return text_of(json::array({event.type, event.reason, event.action, text_at(event.regarding, "kind"),
                              text_at(event.regarding, "namespace"), text_at(event.regarding, "name"),
                              text_at(event.regarding, "uid")}));
}

std::string object_key(const Event& event) {
  return text_of(json::array(
      {text_at(event.regarding, "kind"), text_at(event.regarding, "namespace"), text_at(event.regarding, "name")}));
}

}  // namespace

json reference_to(const json& object) {
  json reference = json::object();
  const auto put = [&reference](const char* member, std::string value) {
    if (!value.empty()) reference[member] = std::move(value);
  };
  put("apiVersion", text_at(object, "apiVersion"));
  put("kind", text_at(object, "kind"));
  put("namespace", text_at(object, "metadata", "namespace"));
  put("name", text_at(object, "metadata", "name"));
  put("uid", uid_of(object));
  put("resourceVersion", version_of(object));
  return reference;
}

EventSeries::EventSeries(Reporter reporter, EventLimits limits) : reporter_(std::move(reporter)), limits_(limits) {}

std::vector<Request> EventSeries::note(const Event& event, Instant now, WallTime wall) {
  const auto known = series_.find(series_key(event));
  if (known != series_.end() && now - known->second.last < limits_.quiet) {
    Series& series = known->second;
    ++series.count;
    series.last = now;
    series.last_time = micro_time(wall);
    // The first repetition is written at once, so that a person sees that it goes on.
    const bool fresh = series.written == 1 || now - series.written_at >= limits_.refresh;
    return fresh ? std::vector{count(series, now)} : std::vector<Request>{};
  }
  auto& bucket =
      per_object_.try_emplace(object_key(event), limits_.per_second_per_object, limits_.burst_per_object).first->second;
  if (!bucket.take(now)) {
    ++dropped_;
    return {};
  }
  Series series;
  series.namespace_name = text_at(event.regarding, "namespace");
  // Events of what is in no namespace are in this one.
  if (series.namespace_name.empty()) series.namespace_name = "default";
  series.name = next_name(event, wall);
  series.last = series.written_at = now;
  series.last_time = micro_time(wall);
  const Request request = creation(event, series, wall);
  series_.insert_or_assign(series_key(event), std::move(series));
  make_room(now);
  return {request};
}

std::vector<Request> EventSeries::due(Instant now) {
  std::vector<Request> requests;
  for (auto& [key, series] : series_) {
    if (series.count > series.written && now - series.written_at >= limits_.refresh) {
      requests.push_back(count(series, now));
    }
  }
  return requests;
}

// OBJECT.HEX, as everywhere; the number makes two of one nanosecond differ.
std::string EventSeries::next_name(const Event& event, WallTime wall) {
  const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(wall.time_since_epoch()).count();
  char suffix[32];
  std::snprintf(suffix, sizeof suffix, ".%llx", static_cast<unsigned long long>(nanos) + names_++);
  return text_at(event.regarding, "name").substr(0, 200) + suffix;
}

Request EventSeries::creation(const Event& event, const Series& series, WallTime wall) const {
  return create(kEvents,
                {{"metadata", {{"namespace", series.namespace_name}, {"name", series.name}}},
                 {"eventTime", micro_time(wall)},
                 {"reportingController", reporter_.controller},
                 {"reportingInstance", reporter_.instance.substr(0, 128)},
                 {"regarding", event.regarding},
                 {"type", event.type},
                 {"reason", event.reason},
                 {"action", event.action},
                 {"note", cut(event.note)}},
                kManager);
}

Request EventSeries::count(Series& series, Instant now) {
  series.written = series.count;
  series.written_at = now;
  return merge_patch(kEvents, {series.namespace_name, series.name},
                     {{"series", {{"count", series.count}, {"lastObservedTime", series.last_time}}}}, kManager);
}

void EventSeries::make_room(Instant now) {
  std::erase_if(series_, [&](const auto& entry) {
    return now - entry.second.last >= limits_.quiet && entry.second.count == entry.second.written;
  });
  while (series_.size() > limits_.most_series) {
    series_.erase(std::min_element(series_.begin(), series_.end(),
                                   [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
  }
  // A forgotten bucket is a full one; that many objects do not all speak again at once.
  if (per_object_.size() > limits_.most_series) per_object_.clear();
}

}  // namespace mlgateway::kube
