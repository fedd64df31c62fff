#include "tests/sidecar/protocol/counting.hpp"

namespace mlgateway::protocol {
namespace {

std::string v2(std::string body) { return counts({.body = std::move(body)}); }

std::string input(std::string members) { return R"({"inputs":[{"name":"x",)" + members + "}]}"; }

// A body of the binary extension, with a JSON part of the right size.
Sent binary(std::string json, std::string tensors) {
  const std::string size = std::to_string(json.size());
  return {.body = std::move(json) + std::move(tensors), .content_type = "application/octet-stream", .json_size = size};
}

std::string raw(const std::string& datatype, const std::string& shape, std::size_t size) {
  return input(R"("datatype":")" + datatype + R"(","shape":)" + shape + R"(,"parameters":{"binary_data_size":)" +
               std::to_string(size) + "}");
}

std::string text_element(std::string_view text) {
  return std::string{static_cast<char>(text.size()), '\0', '\0', '\0'}.append(text);
}

TEST(CountV2, TakesTheLargestBatchAndTheSumOfTheElements) {
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[2,4],"data":[[1,2,3,4],[5,6,7,8]])")), "2 8");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[2,4],"data":[1,2,3,4,5,6,7,8])")), "2 8");
  EXPECT_EQ(v2(R"({"inputs":[{"name":"a","datatype":"INT8","shape":[3],"data":[1,2,3]},
                             {"name":"b","datatype":"INT8","shape":[2,2],"data":[1,2,3,4]}]})"),
            "3 7");
  EXPECT_EQ(v2(R"({"id":"1","inputs":[],"outputs":[{"name":"y"}]})"), "0 0");
}

TEST(CountV2, AScalarIsOneRow) {
  EXPECT_EQ(v2(input(R"("datatype":"BYTES","shape":[],"data":["a text"])")), "1 1");
  EXPECT_EQ(v2(input(R"("datatype":"BOOL","shape":[],"data":[true,false])")),
            "/inputs/0/data (x) has 2 elements, its shape says 1");
}

TEST(CountV2, ATensorWithoutElementsIsNoRow) {
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[0],"data":[])")), "0 0");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[4000000000,4000000000,4000000000,0],"data":[])")), "0 0");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[2,0],"data":[[],[]])")), "0 0");
}

TEST(CountV2, TheShapeMustBeThatOfTheData) {
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[1,4],"data":[1,2,3,4,5,6,7,8])")),
            "/inputs/0/data (x) has 8 elements, its shape says 4");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[4,2],"data":[[1,2,3,4],[5,6,7,8]])")),
            "/inputs/0/data/0 (x) has 4 elements, its shape says 2");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[3,2],"data":[[1,2],[3,4]])")),
            "/inputs/0/data (x) has 2 elements, its shape says 3");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[2,2],"data":[[1,2],[3,4,5]])")),
            "/inputs/0/data/1 (x) has 3 elements, its shape says 2");
}

TEST(CountV2, DataIsNestedExactlyAsItsShapeOrFlat) {
  for (const char* members :
       {R"("datatype":"FP32","shape":[2,1,2],"data":[[1,2],[3,4]])",
        R"("datatype":"FP32","shape":[2,2],"data":[[1,2],3,4])", R"("datatype":"FP32","shape":[4],"data":[[1,2,3,4]])",
        R"("datatype":"FP32","shape":[2,2],"data":[1,2,[3,4]])", R"("datatype":"FP32","shape":[1,1],"data":[[[1]]])",
        R"("datatype":"BYTES","shape":[1],"data":[{"a":1}])",
        R"("datatype":"BYTES","shape":[1,1],"data":[[{"a":1}]])"}) {
    EXPECT_NE(v2(input(members)).find("(x) must hold values only, nested exactly as its shape or flat"),
              std::string::npos)
        << v2(input(members));
  }
}

TEST(CountV2, AShapeIsOfWholeNumbersFromZero) {
  for (const char* dimension : {"-1", "2.0", "\"2\"", "null", "[2]", "1e1"}) {
    EXPECT_EQ(v2(input(R"("datatype":"FP32","data":[1],"shape":[)" + std::string(dimension) + "]")),
              "/inputs/0 (x) must have whole numbers from 0 as its shape");
  }
  EXPECT_EQ(v2(input(R"("datatype":"FP32","data":[1],"shape":[4294967296,4294967296])")),
            "/inputs/0 (x) has too large a shape");
}

TEST(CountV2, AnInputNeedsItsMembers) {
  EXPECT_EQ(v2(R"({"inputs":[{"datatype":"FP32","shape":[1],"data":[1]}]})"), "/inputs/0 needs a name");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","data":[1])")), "/inputs/0 (x) needs a shape");
  EXPECT_EQ(v2(input(R"("shape":[1],"data":[1])")), "/inputs/0 (x) needs a datatype");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[1])")), "/inputs/0 (x) needs data");
  EXPECT_EQ(v2(R"({"inputs":[{"name":7}]})"), "/inputs/0/name must be a text");
  EXPECT_EQ(v2(input(R"("datatype":null)")), "/inputs/0/datatype must be a text");
  EXPECT_EQ(v2(input(R"("shape":4)")), "/inputs/0/shape must be an array");
  EXPECT_EQ(v2(input(R"("data":"x")")), "/inputs/0/data must be an array");
  EXPECT_EQ(v2(R"({"inputs":[5]})"), "/inputs/0 must be an object");
  EXPECT_EQ(v2(R"({"inputs":{}})"), "/inputs must be an array");
  EXPECT_EQ(v2(R"({"input":[]})"), "the body has no member inputs");
  EXPECT_EQ(v2("[]"), "the body must be a JSON object with a member inputs");
}

TEST(CountV2, AMemberIsThereOnce) {
  EXPECT_EQ(v2(R"({"inputs":[],"inputs":[]})"), "the body has the member \"inputs\" twice");
  EXPECT_EQ(v2(input(R"("name":"y","datatype":"FP32","shape":[1],"data":[1])")),
            "/inputs/0 has the member \"name\" twice");
  EXPECT_EQ(v2(R"({"inputs":[],"parameters":{"a/b":{"x":1,"x":2}}})"), "/parameters/a~1b has the member \"x\" twice");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[1],"data":[1],"parameters":{"p":1,"\u0070":2})")),
            "/inputs/0/parameters has the member \"p\" twice");
}

TEST(CountV2, ATensorInSharedMemoryIsCountedByItsShape) {
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[8,100],"parameters":{"shared_memory_region":"r"})")), "8 800");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[1],"data":[1],"parameters":{"shared_memory_region":"r"})")),
            "/inputs/0 (x) has its data in more than one place");
  const std::string huge = R"({"name":"x","datatype":"FP32","shape":[18446744073709551615],
                               "parameters":{"shared_memory_region":"r"}})";
  EXPECT_EQ(v2(R"({"inputs":[)" + huge + "," + huge + "]}"), "/inputs/1 (x) has too large a shape");
}

TEST(CountV2, BinaryTensorsFollowTheJsonPart) {
  const auto result = counted(binary(raw("FP32", "[2,3]", 24), std::string(24, '\xff')));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->rows, 2u);
  EXPECT_EQ(result->elements, 6u);
  EXPECT_TRUE(result->json);
  EXPECT_EQ(result->json_size, raw("FP32", "[2,3]", 24).size());
  EXPECT_EQ(counts(binary(raw("BOOL", "[]", 1), "\x01")), "1 1");
  EXPECT_EQ(counts(binary(raw("BF16", "[0]", 0), "")), "0 0");
  EXPECT_EQ(counts(binary(input(R"("datatype":"INT8","shape":[1],"data":[1])"), "")), "1 1");
}

TEST(CountV2, BinaryTensorsHaveTheSizeOfTheirShape) {
  EXPECT_EQ(counts(binary(raw("FP32", "[2,3]", 23), std::string(23, 'x'))),
            "/inputs/0 (x) has a binary_data_size unlike its shape");
  EXPECT_EQ(counts(binary(raw("FP32", "[2,3]", 24), std::string(23, 'x'))),
            "/inputs/0 (x) has a binary_data_size beyond the end of the body");
  EXPECT_EQ(counts(binary(raw("FP32", "[2,3]", 24), std::string(25, 'x'))),
            "the body has 1 bytes more than its tensors need");
  EXPECT_EQ(counts(binary(raw("FP64", "[4611686018427387904,2]", 0), "")),
            "/inputs/0 (x) has a binary_data_size unlike its shape");
  EXPECT_EQ(counts(binary(raw("STRING", "[1]", 4), "abcd")), "/inputs/0 (x) has a datatype of unknown size");
  EXPECT_EQ(v2(raw("FP32", "[1]", 4)), "/inputs/0 (x) has a binary_data_size beyond the end of the body");
  EXPECT_EQ(
      counts(binary(input(R"("datatype":"FP32","shape":[1],"data":[1],"parameters":{"binary_data_size":4})"), "abcd")),
      "/inputs/0 (x) has its data in more than one place");
  EXPECT_EQ(v2(input(R"("datatype":"FP32","shape":[1],"parameters":{"binary_data_size":-4})")),
            "/inputs/0 (x) must have a whole number as its binary_data_size");
}

TEST(CountV2, BinaryTextsTellTheirOwnLengths) {
  const std::string two = text_element("hello") + text_element("");
  EXPECT_EQ(counts(binary(raw("BYTES", "[2]", two.size()), two)), "2 2");
  const std::string wrong = "/inputs/0 (x) has BYTES unlike its shape";
  EXPECT_EQ(counts(binary(raw("BYTES", "[1]", two.size()), two)), wrong);
  EXPECT_EQ(counts(binary(raw("BYTES", "[3]", two.size()), two)), wrong);
  EXPECT_EQ(counts(binary(raw("BYTES", "[1]", 4), std::string("\xff\xff\xff\xff", 4))), wrong);
  EXPECT_EQ(counts(binary(raw("BYTES", "[4611686018427387905]", 4), "\x01zzz")), wrong);
}

TEST(CountV2, SeveralBinaryTensorsComeInTheOrderOfTheInputs) {
  const std::string json = R"({"inputs":[
    {"name":"a","datatype":"INT16","shape":[2],"parameters":{"binary_data_size":4}},
    {"name":"b","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":6}},
    {"name":"c","datatype":"INT8","shape":[1],"data":[7]}]})";
  EXPECT_EQ(counts(binary(json, "1122" + text_element("ab"))), "2 4");
  EXPECT_EQ(counts(binary(json, text_element("ab") + "1122")), "/inputs/1 (b) has BYTES unlike its shape");
}

TEST(CountV2, TheSizeOfTheJsonPartIsANumberWithinTheBody) {
  const std::string json = raw("INT8", "[1]", 1);
  for (const std::string& size : {std::string("999"), std::string("-1"), std::string("1e2"), std::string("0x10"),
                                  std::string("99999999999999999999"), std::string("12 ")}) {
    EXPECT_EQ(refusal({.body = json + "a", .json_size = size}),
              "Inference-Header-Content-Length must be a number of at most the body's " +
                  std::to_string(json.size() + 1) + " bytes")
        << size;
  }
  EXPECT_EQ(refusal({.body = json + "a", .json_size = "0"}), "the body is not valid JSON");
  EXPECT_EQ(refusal({.body = json + "a", .json_size = std::to_string(json.size() - 1)}), "the body is not valid JSON");
  EXPECT_EQ(refusal({.body = json + "a"}), "the body is not valid JSON");
}

TEST(CountV2, TwoSizesOfTheJsonPartAreRefused) {
  Sent sent = binary(raw("INT8", "[1]", 1), "a");
  auto head = head_of(sent);
  head.fields.push({"inference-header-content-length", sent.json_size});
  QuantityReader reader;
  const auto result = reader.count(sent.protocol, head, sent.body, kRows);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().detail, "there is more than one Inference-Header-Content-Length");
}

TEST(CountV2, ALongNameIsCutBeforeItIsShown) {
  const std::string told = v2(R"({"inputs":[{"name":")" + std::string(100000, 'n') + "\"}]}");
  EXPECT_LT(told.size(), 200u);
  EXPECT_TRUE(told.starts_with("/inputs/0 (nnn"));
}

}  // namespace
}  // namespace mlgateway::protocol
