#include "operator/local/record_folder.hpp"

#include <system_error>
#include <utility>

#include "operator/local/files.hpp"
#include "operator/local/object_file.hpp"

namespace mlgateway::local {

Result<Records> RecordFolder::open(const Admission& admission) {
  auto made = make_folder(path_, 0700);
  if (!made) return made.error();
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(path_, failure)) {
    const auto text = read_file(entry.path(), kMostFileBytes);
    if (!text || entry.path().extension() != ".json") continue;
    auto record = record_from(nlohmann::json::parse(*text, nullptr, false), admission);
    if (record) written_.insert_or_assign(record->id, std::move(*record));
  }
  return written_;
}

Status RecordFolder::save(const Records& records) {
  for (const auto& [id, record] : records) {
    const auto before = written_.find(id);
    if (before != written_.end() && same_on_disk(before->second, record)) continue;
    auto saved = write_file_if_changed(path_ / object_file(id, ".json"), to_json(record).dump(1) + "\n", 0600);
    if (!saved) return saved.error();
  }
  std::error_code ignored;
  for (const auto& [id, record] : written_) {
    if (!records.contains(id)) std::filesystem::remove(path_ / object_file(id, ".json"), ignored);
  }
  written_ = records;
  return Done{};
}

}  // namespace mlgateway::local
