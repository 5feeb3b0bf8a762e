#include "face_nets.h"

static const uint8_t detector[] = {
#embed "weights/detector.safetensors"
};

static const uint8_t landmarks[] = {
#embed "weights/landmarks.safetensors"
};

static const uint8_t embedding[] = {
#embed "weights/embedding.safetensors"
};

static const uint8_t occlusion[] = {
#embed "weights/occlusion.safetensors"
};

face_net face_net_detector(void) { return (face_net){detector, sizeof detector}; }
face_net face_net_landmarks(void) { return (face_net){landmarks, sizeof landmarks}; }
face_net face_net_embedding(void) { return (face_net){embedding, sizeof embedding}; }
face_net face_net_occlusion(void) { return (face_net){occlusion, sizeof occlusion}; }
