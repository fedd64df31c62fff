#include "operator/local/record_folder.hpp"

#include <system_error>
#include <utility>

#include "operator/local/files.hpp"
#include "operator/local/object_file.hpp"

namespace mlgateway::local {

Result<Records> RecordFolder::open(const Admission& admission) {
  auto made = make_folder(path_, 0700);
  if (!made) return made.error();
  Records records;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(path_, failure)) {
    const std::string name = entry.path().filename().string();
    auto text = read_file(entry.path(), kMostFileBytes);
    if (!text || name.starts_with('.')) continue;
    auto record = record_from(nlohmann::json::parse(*text, nullptr, false), admission);
    written_[name] = std::move(*text);
    if (!record) continue;
    ObjectId id = record->id;
    records.emplace(std::move(id), std::move(*record));
  }
  return records;
}

Status RecordFolder::save(const Records& records) {
  std::map<std::string, std::string> now;
  for (const auto& [id, record] : records) now[object_file(id, ".json")] = to_json(record).dump(1) + "\n";
  for (const auto& [name, content] : now) {
    const auto before = written_.find(name);
    if (before != written_.end() && before->second == content) continue;
    auto saved = write_file(path_ / name, content, 0600);
    if (!saved) return saved;
  }
  std::error_code ignored;
  for (const auto& [name, content] : written_) {
    if (!now.contains(name)) std::filesystem::remove(path_ / name, ignored);
  }
  written_ = std::move(now);
  return Done{};
}

}  // namespace mlgateway::local
