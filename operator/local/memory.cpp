#include "operator/local/memory.hpp"

#include <algorithm>
#include <utility>

namespace mlgateway::local {
namespace {

std::string place(const std::string& file, int line) { return file + ":" + std::to_string(line); }

std::string told(const Unreadable& unreadable) {
  return place(unreadable.file, unreadable.line) + ": " + unreadable.words;
}

bool may_be(const Unreadable& unreadable, const Record& record) {
  return unreadable.file == record.file && (!unreadable.key || *unreadable.key == record.id.key);
}

Record updated(const Record* before, const Manifest& manifest, WallTime now) {
  Record record = before != nullptr ? *before : Record{};
  record.id = manifest.id;
  record.file = manifest.file;
  record.notes.clear();
  record.faults = manifest.faults;
  if (before == nullptr) record.created = now;
  if (manifest.created) record.created = *manifest.created;
  if (record.spec_hash != manifest.spec_hash) ++record.generation;
  record.spec_hash = manifest.spec_hash;
  if (!manifest.faults.empty()) return record;
  record.good_generation = record.generation;
  record.good = manifest.good;
  return record;
}

class Merge {
 public:
  Merge(const Records& before, WallTime now, std::vector<Complaint>& complaints)
      : before_(before), now_(now), complaints_(complaints) {}

  void take(const Manifest& manifest) {
    const auto first = after_.find(manifest.id);
    if (first != after_.end()) return refuse_second(first->second, manifest);
    const auto known = before_.find(manifest.id);
    places_[manifest.id] = place(manifest.file, manifest.line);
    after_.emplace(manifest.id, updated(known == before_.end() ? nullptr : &known->second, manifest, now_));
    for (const std::string& fault : manifest.faults) complaints_.push_back({to_string(manifest.id), fault});
  }

  void take(const Unreadable& unreadable) {
    complaints_.push_back({"", told(unreadable)});
    unreadable_.push_back(&unreadable);
  }

  Records finish() {
    for (const auto& [id, record] : before_) {
      if (!after_.contains(id)) keep_if_uncertain(record);
    }
    return std::move(after_);
  }

 private:
  void refuse_second(Record& first, const Manifest& second) {
    std::string words = place(second.file, second.line) + ": a second document for " + to_string(second.id) +
                        " is refused; the first is at " + places_[second.id];
    complaints_.push_back({to_string(second.id), words});
    first.notes.push_back(std::move(words));
  }

  void keep_if_uncertain(const Record& record) {
    const auto found = std::find_if(unreadable_.begin(), unreadable_.end(),
                                    [&](const Unreadable* unreadable) { return may_be(*unreadable, record); });
    if (found == unreadable_.end()) return;
    Record kept = record;
    kept.notes.clear();
    kept.faults = {told(**found)};
    after_.emplace(record.id, std::move(kept));
  }

  const Records& before_;
  const WallTime now_;
  std::vector<Complaint>& complaints_;
  Records after_;
  std::map<ObjectId, std::string> places_;
  std::vector<const Unreadable*> unreadable_;
};

}  // namespace

Records remember(const Records& records, const Readings& readings, WallTime now, std::vector<Complaint>& complaints) {
  Merge merge(records, now, complaints);
  for (const auto& reading : readings) {
    for (const Manifest& manifest : reading->manifests) merge.take(manifest);
    for (const Unreadable& unreadable : reading->unreadable) merge.take(unreadable);
  }
  return merge.finish();
}

}  // namespace mlgateway::local
