// What is remembered of one object over edits and restarts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "operator/local/admission.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::local {

// In a cluster the API server counts generations and refuses what is broken, so that the last good version stays; a
// folder does neither, so this does.
struct Record {
  ObjectId id;
  std::string file;                  // where the object was seen last
  std::int64_t generation = 0;       // counts the versions of the spec, good or not
  std::string spec_hash;             // of the newest
  WallTime created;                  // what the manifest says, else when it was first seen
  std::vector<std::string> faults;   // of the newest; empty: it is good
  std::vector<std::string> notes;    // second documents for the same object
  std::int64_t good_generation = 0;  // 0: there never was a good version
  std::shared_ptr<const GoodObject> good;
};

// Whether both look the same on the disk. Faults and notes are not kept there.
bool same_on_disk(const Record& a, const Record& b);

// As JSON for the disk, and back; none where it is not of that form. A good version that no longer passes `admission`
// (the program may be newer than the file) is left out. API keys go to the disk as digests only.
nlohmann::json to_json(const Record& record);
std::optional<Record> record_from(const nlohmann::json& json, const Admission& admission);

}  // namespace mlgateway::local
