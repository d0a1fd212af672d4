-- What a songwriter of version 2 may have besides: two references, of one of which two takes were made, one of the
-- takes ordered under a name; what a service said of its prices; and a step in a take's history.
INSERT INTO library VALUES (2, 'Harbour', 'url', 'https://a.example/2.wav', 'noisy', 1773496920000, 10);
INSERT INTO takes (id, song, take, service, model, status, request_tag, reference, draft, request, folder, created,
                   meant, place, sent, finished, made, usual, usual_from, late_after, price, file, once, rev)
VALUES
  (4, 1, 4, 'https://api.aimlapi.com', 'minimax-music', 'saved', 'tag-4', 'https://a.example/1.mp3',
   '{"settings":{"reference":"https://a.example/1.mp3"}}', '{}', '/music', 1773496920000, 1773496920000, 4,
   1773496921000, 1773496989000, 1773496988000, 70, 'own takes', 90, 0.03, '/music/4.mp3', 'monday', 11),
  (5, 1, 5, 'https://api.aimlapi.com', 'minimax-music', 'held', 'tag-5', 'https://a.example/1.mp3',
   '{"settings":{"reference":"https://a.example/1.mp3"}}', '{}', '/music', 1773496920000, 1773496920000, 5,
   NULL, NULL, NULL, 70, NULL, NULL, NULL, NULL, NULL, 12);
INSERT OR REPLACE INTO topics VALUES ('https://api.aimlapi.com', 'balance', '{"usd":4.2}', 1773496930000, NULL, 1773496930000,
  NULL, NULL, 13);
UPDATE counter SET rev = 13;
