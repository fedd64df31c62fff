// Bodies that others wrote, and seeded mutations of them.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "tests/fuzz/quantities_properties.hpp"
#include "tests/sidecar/protocol/counting.hpp"

namespace mlgateway::protocol {
namespace {

using config::Protocol;
using nlohmann::json;

const std::filesystem::path kVectors = PROJECT_ROOT "/../shared/vectors";
const Wanted kValid{.rows_and_elements = false, .pointers = {}, .valid_json = true};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::size_t leaves(const json& value) {
  if (!value.is_structured()) return 1;
  std::size_t sum = 0;
  for (const auto& inner : value) sum += leaves(inner);
  return sum;
}

json index_of_payloads() {
  const std::string text = read(kVectors / "kserve-payloads/INDEX.json");
  EXPECT_FALSE(text.empty()) << kVectors << " is missing: the vectors are part of the tests";
  return json::parse(text, nullptr, false);
}

void expect_v1(const std::string& name, const std::string& body) {
  const json instances = json::parse(body).at("instances");
  EXPECT_EQ(counts({.protocol = Protocol::KServeV1, .body = body}),
            std::to_string(instances.size()) + " " + std::to_string(leaves(instances)))
      << name;
}

void expect_v2(const std::string& name, const std::string& body, bool valid) {
  const auto result = counted({.body = body});
  ASSERT_EQ(result.ok(), valid) << name;
  if (!valid) return;
  std::size_t elements = 0;
  const json request = json::parse(body);
  for (const auto& input : request.at("inputs")) elements += leaves(input.at("data"));
  EXPECT_EQ(result->elements, elements) << name;
}

TEST(KServePayloads, AreCountedAsTheirIndexSays) {
  int judged = 0;
  for (const json& entry : index_of_payloads()) {
    const std::string name = entry.at("file"), kind = entry.at("kind");
    const std::string body = read(kVectors / "kserve-payloads" / name);
    ASSERT_EQ(body.size(), entry.at("bytes").get<std::size_t>()) << name;
    if (kind == "v1") expect_v1(name, body);
    if (kind == "v2") expect_v2(name, body, entry.at("valid_oip_inference_request"));
    if (kind == "openai-chat") {
      EXPECT_EQ(counts({.protocol = Protocol::OpenAI, .body = body, .path = "/v1/chat/completions"}), "1 2") << name;
    }
    // A reranker's and a bare record: no protocol of ours counts rows in them.
    if (kind == "openai-other" || kind == "other") {
      EXPECT_TRUE(counted({.protocol = Protocol::Generic, .body = body}, kValid).ok()) << name;
    }
    ++judged;
  }
  EXPECT_EQ(judged, 24);
}

// y_ must be accepted and n_ refused; i_ is ours to decide. The two files with a member twice are valid JSON to the
// suite, and refused here because two readers may take one each.
TEST(JsonTestSuite, IsJudgedAsItSaysButForMembersThereTwice) {
  const std::filesystem::path folder = kVectors / "jsontestsuite/test_parsing";
  ASSERT_TRUE(std::filesystem::is_directory(folder)) << folder << " is missing: the vectors are part of the tests";
  const std::set<std::string> with_twins = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"};
  int accepted = 0;
  int refused = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const std::string text = read(entry.path());
    const std::string wrapped = R"({"instances":[)" + text + "]}";
    const bool twins = with_twins.contains(name);
    const bool valid = counted({.protocol = Protocol::Generic, .body = text}, kValid).ok();
    const bool counts_in = counted({.protocol = Protocol::KServeV1, .body = wrapped}).ok();
    if (name.starts_with("y_")) {
      EXPECT_EQ(valid, !twins) << name;
      EXPECT_EQ(counts_in, !twins) << name;
      ++accepted;
    } else if (name.starts_with("n_")) {
      EXPECT_FALSE(valid) << name;
      ++refused;
    }
  }
  EXPECT_GT(accepted, 90);
  EXPECT_GT(refused, 180);
}

// What a mutation is made from: a body and the size of its JSON part, where it says one.
struct Seed {
  std::string body;
  std::string json_size;
};

std::vector<Seed> corpus() {
  std::vector<Seed> seeds;
  for (const json& entry : index_of_payloads()) {
    if (entry.at("bytes") > 2000) continue;
    seeds.push_back({read(kVectors / "kserve-payloads" / entry.at("file").get<std::string>()), ""});
  }
  for (const char* body :
       {R"({"dataframe_split":{"columns":["a","b"],"index":[0,1],"data":[[1,2],[3,"x"]]},"params":{"n":1}})",
        R"({"dataframe_records":[{"a":1,"b":2},{"a":3,"b":4}]})", R"({"inputs":{"a":[1,2],"b":[[1,2],[3,4]]}})",
        R"({"model":"m","prompt":["a","b"],"n":2,"best_of":3})", R"({"model":"m","input":[[1,2,3],[4]]})",
        R"({"n":1.5e0,"parameters":{"beam/width":0.1},"inputs":[{"shape":[1,2.5]}]})",
        "a,b,c\r\n1,\"x,\"\"y\"\"\r\n\",3\r\n4,5,6\r\n", "[[1,2],[3,4]]", "\"text\""}) {
    seeds.push_back({body, ""});
  }
  const std::string part =
      R"({"inputs":[{"name":"a","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":9}},)"
      R"({"name":"b","datatype":"INT16","shape":[2,1],"parameters":{"binary_data_size":4}}]})";
  seeds.push_back({part + std::string("\1\0\0\0x\0\0\0\0abcd", 13), std::to_string(part.size())});
  return seeds;
}

class Mutator {
 public:
  Mutator(const std::vector<Seed>& seeds, std::uint32_t seed) : seeds_(seeds), random_(seed) {}

  Seed next() {
    Seed made = seeds_[below(seeds_.size())];
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) edit(made.body);
    if (!made.json_size.empty() && below(4) == 0) made.json_size = std::to_string(below(made.body.size() + 2));
    return made;
  }

 private:
  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }

  void edit(std::string& body) {
    static const char* const words[] = {"[",
                                        "]",
                                        "{",
                                        "}",
                                        ",",
                                        ":",
                                        "\"",
                                        "0",
                                        "-1",
                                        "1e9",
                                        "null",
                                        "\\u0041",
                                        "NaN",
                                        "\n",
                                        "\"n\":1e1",
                                        "18446744073709551615",
                                        "\"a\":1,",
                                        "\r\n",
                                        "1.5",
                                        "[[[[]]]]",
                                        "\xff",
                                        "true",
                                        "\"shape\":[0],",
                                        "\\"};
    const std::size_t at = below(body.size() + 1);
    const std::size_t size = std::min(below(12), body.size() - at);
    switch (below(5)) {
      case 0: body.erase(at, size); break;
      case 1: body.insert(at, words[below(std::size(words))]); break;
      case 2: body.insert(at, body.substr(at, size)); break;
      case 3: body.replace(at, size, words[below(std::size(words))]); break;
      default:
        if (at < body.size()) body[at] = static_cast<char>(below(256));
    }
  }

  const std::vector<Seed>& seeds_;
  std::mt19937 random_;
};

TEST(Quantities, KeepTheirPromisesForMutatedBodies) {
  const std::vector<Seed> seeds = corpus();
  ASSERT_GT(seeds.size(), 20u);
  QuantityReader reader;
  for (const Way& way : kWays) {
    Mutator mutator(seeds, 20260731);
    for (int i = 0; i < 20000; ++i) {
      const Seed made = mutator.next();
      const char* const broken = broken_property(reader, way, made.json_size, made.body);
      ASSERT_EQ(broken, nullptr) << broken << " as " << way.content_type << ' ' << way.path << ":\n"
                                 << testing::PrintToString(made.body);
    }
  }
}

TEST(Quantities, KeepTheirPromisesForTheCorpusItself) {
  QuantityReader reader;
  for (const Seed& seed : corpus()) {
    for (const Way& way : kWays) {
      const char* const broken = broken_property(reader, way, seed.json_size, seed.body);
      EXPECT_EQ(broken, nullptr) << broken << " as " << way.content_type << ' ' << way.path << ":\n" << seed.body;
    }
  }
}

}  // namespace
}  // namespace mlgateway::protocol
