// The status of each object as a file: DIR/status/KIND.NAMESPACE.NAME.yaml.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <variant>

#include "operator/api/condition.hpp"
#include "operator/api/quota_status.hpp"
#include "operator/api/route_status.hpp"
#include "operator/local/admission.hpp"
#include "operator/local/record.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::local {

class StatusFolder {
 public:
  explicit StatusFolder(std::filesystem::path path) : path_(std::move(path)) {}

  // Makes the folder and reads the conditions that an earlier run wrote, for their times of transition.
  Status open();

  // The conditions as they were written last; none where nothing was.
  const api::Conditions& previous(const ObjectId& id) const;

  // What is written at the next `save`. A broken Secret or ConfigMap, which has no status in a cluster, gets the one
  // condition Accepted.
  void put(const api::RouteStatus& status);
  void put(const api::QuotaStatus& status);
  void put_broken(const Record& record, WallTime now);

  // Writes what was put and differs, removes the files of objects that were not put.
  Status save();

 private:
  using AnyStatus = std::variant<api::RouteStatus, api::QuotaStatus>;

  template <class Status>
  void put(const ObjectId& id, const Status& status);

  std::filesystem::path path_;
  std::map<std::string, std::string> written_;  // by file name
  std::map<std::string, std::string> next_;
  std::map<std::string, api::Conditions> previous_;
  std::map<std::string, AnyStatus> rendered_;  // what `written_` was made from
};

}  // namespace mlgateway::local
