// Puts one YAML document together from the events of yaml-cpp's parser.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include "operator/local/yaml.hpp"

namespace mlgateway::local {

// Thrown out of the parser by a document that is YAML but not a manifest; read_yaml catches it.
struct YamlRefusal {
  int line;
  std::string words;
};

class YamlBuilder : public YAML::EventHandler {
 public:
  YamlDocument take() { return std::move(document_); }

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  // A map or sequence that is still open.
  struct Frame {
    nlohmann::json value;
    std::string path;
    YAML::anchor_t anchor = 0;
    int line = 1;
    std::string key;  // of a map: what the next value belongs to
    bool has_key = false;
  };
  struct Anchored {
    nlohmann::json value;
    std::size_t nodes = 0;
  };

  bool expects_key() const { return !open_.empty() && open_.back().value.is_object() && !open_.back().has_key; }
  std::string next_path() const;
  void count(const YAML::Mark& mark, std::size_t nodes);
  void take_key(const YAML::Mark& mark, const nlohmann::json& key);
  void open(const YAML::Mark& mark, nlohmann::json empty, const std::string& tag, YAML::anchor_t anchor);
  void close();
  void place(nlohmann::json value, int line);

  YamlDocument document_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
};

}  // namespace mlgateway::local
